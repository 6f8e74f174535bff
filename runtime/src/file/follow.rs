//! `Follow`: the records of a log, and those that are written later.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::error::FileError;
use super::lines::{LinePosition, NextLine};
use super::read::Reader;
use crate::record::Record;

/// The records of a log, and those that are written later; see [`JsonLines::follow`](crate::JsonLines::follow).
///
/// The iterator blocks until there is a record. After it is [stopped](Follow::stop) it returns the records that are in the
/// log, and ends. It waits until a last line has its newline. A line that is not a record is an error item,
/// and the next item is that of the next line. If the log cannot be read any more, the error is the last item.
///
/// While nothing is written, each poll reads the metadata of the file and of the path. The folder is listed only after the
/// path leads to another file (on Unix; on other systems it is listed at each poll).
///
/// A record is in the file shortly before its commit returns. If the disk fails at that moment and the commit is refused,
/// a follower may have returned a record of a refused commit. It then goes back: the records that take its place
/// follow, all of them and in order, and a record whose retry succeeds comes again. A refused commit of more than 1 MiB
/// may be too large to go back over.
///
/// ```
/// use tollgate::JsonLines;
/// # fn follow(path: &std::path::Path) -> Result<(), tollgate::file::FileError> {
/// let follow = JsonLines::follow(path)?.from_end()?;
/// let stop = follow.stop();
/// let printer = std::thread::spawn(move || {
///     for record in follow {
///         println!("{record:?}");
///     }
/// });
/// stop.now();
/// # let _ = printer.join();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Follow {
    reader: Reader,
    interval: Duration,
    stop: Stop,
    is_ended: bool,
}

impl Follow {
    pub(crate) fn of(path: &Path) -> Result<Self, FileError> {
        let stop = Stop(Arc::default());
        Ok(Self { reader: Reader::of(path)?, interval: Duration::from_millis(100), stop, is_ended: false })
    }

    /// Sets the interval at which it polls for new records; the default is 100 ms.
    #[must_use]
    pub fn every(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Skips the records that are in the log now.
    ///
    /// # Errors
    ///
    /// If the log cannot be read.
    pub fn from_end(mut self) -> Result<Self, FileError> {
        self.reader.skip_to_end()?;
        Ok(self)
    }

    /// Returns a handle that ends it from another thread.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Waits for the next record and returns it with its place; returns `None` after it was stopped.
    pub fn next_with_position(&mut self) -> Option<Result<(LinePosition, Record), FileError>> {
        while !self.is_ended {
            // Read before the log is: the records that were there when it was stopped are still returned.
            let is_stopped = self.stop.is_stopped();
            match self.poll() {
                NextLine::Record(place, record) => return Some(Ok((place, record))),
                NextLine::Error(error) => return Some(Err(error)),
                NextLine::Unfinished(_) | NextLine::End if is_stopped || self.reader.is_ended => self.is_ended = true,
                NextLine::Unfinished(_) | NextLine::End => self.stop.wait(self.interval),
            }
        }
        None
    }

    /// Reads twice: the file may grow and be finished between the read and the check of its name.
    fn poll(&mut self) -> NextLine {
        match self.reader.next() {
            NextLine::Unfinished(_) | NextLine::End => match self.reader.check_rotation() {
                Ok(()) => self.reader.next(),
                Err(error) => NextLine::Error(error),
            },
            found => found,
        }
    }
}

impl Iterator for Follow {
    type Item = Result<Record, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_with_position().map(|item| item.map(|(_, record)| record))
    }
}

/// Ends a [`Follow`].
#[derive(Debug, Clone)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Ends it: the records that are in the log now are still returned.
    pub fn now(&self) {
        *self.lock() = true;
        self.0.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopped(&self) -> bool {
        *self.lock()
    }

    fn wait(&self, interval: Duration) {
        let is_stopped = self.lock();
        if !*is_stopped {
            drop(self.0.1.wait_timeout(is_stopped, interval).unwrap_or_else(PoisonError::into_inner));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write;

    use super::*;
    use crate::file::paths::LISTINGS;

    const LINE: &str =
        r#"{"v":1,"id":"01970000-0000-7000-8000-000000000000","at":"2026-05-01T09:30:00.000000000Z","kind":"event"}"#;

    type Tested = Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn read_of_thousands_of_files_lists_the_folder_a_few_times() -> Tested {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("trail.jsonl");
        for number in 1..=3000 {
            fs::write(directory.path().join(format!("trail.{number:06}.jsonl")), format!("{LINE}\n"))?;
        }
        fs::write(&path, format!("{LINE}\n"))?;
        let before = LISTINGS.get();
        let mut records = crate::JsonLines::read(&path)?;
        assert_eq!(records.by_ref().take(3000).filter_map(Result::ok).count(), 3000);
        assert_eq!(LISTINGS.get() - before, 1);
        // Files that are finished meanwhile are found when the known ones are used up.
        fs::rename(&path, directory.path().join("trail.003001.jsonl"))?;
        fs::write(directory.path().join("trail.003002.jsonl"), format!("{LINE}\n"))?;
        fs::write(&path, format!("{LINE}\n"))?;
        assert_eq!(records.filter_map(Result::ok).count(), 3);
        assert!(LISTINGS.get() - before <= 4, "{}", LISTINGS.get() - before);
        Ok(())
    }

    #[test]
    fn read_of_a_file_that_is_removed_after_it_was_listed_reports_it_and_continues() -> Tested {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("trail.jsonl");
        let finished = |number: u64| directory.path().join(format!("trail.{number:06}.jsonl"));
        for number in 1..=5 {
            fs::write(finished(number), format!("{LINE}\n"))?;
        }
        let mut records = crate::JsonLines::read(&path)?;
        assert!(records.next().is_some_and(|record| record.is_ok()));
        fs::remove_file(finished(2))?;
        fs::rename(finished(3), directory.path().join("trail.000003.jsonl.gz"))?;
        let items: Vec<_> = records.collect();
        assert!(matches!(&items[..], [Err(FileError::FileMissing { count: 2, .. }), Ok(_), Ok(_)]), "{items:?}");
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn follow_of_an_idle_log_does_not_list_the_folder() -> Tested {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("trail.jsonl");
        fs::write(&path, format!("{LINE}\n"))?;
        let mut follow = Follow::of(&path)?;
        assert!(matches!(follow.poll(), NextLine::Record(..)));
        let before = LISTINGS.get();
        for _ in 0..100 {
            assert!(matches!(follow.poll(), NextLine::End));
        }
        OpenOptions::new().append(true).open(&path)?.write_all(format!("{LINE}\n{{\"v\"").as_bytes())?;
        assert!(matches!(follow.poll(), NextLine::Record(..)));
        assert!(matches!(follow.poll(), NextLine::Unfinished(_)));
        assert_eq!(LISTINGS.get(), before);
        // The path leads to another file: now it is listed, and everything is found.
        fs::rename(&path, directory.path().join("trail.000001.jsonl"))?;
        fs::write(&path, format!("{LINE}\n"))?;
        assert!(matches!(follow.poll(), NextLine::Error(FileError::NotARecord { line: 3, .. })));
        assert!(matches!(follow.poll(), NextLine::Record(..)));
        assert!(matches!(follow.poll(), NextLine::End));
        assert!(LISTINGS.get() - before <= 4, "{}", LISTINGS.get() - before);
        Ok(())
    }
}
