//! Following a log as it grows.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::error::FileError;
use super::queue::lock;
use super::read::{Found, Place, Reader};
use crate::record::Record;

/// The records of a log and those that come; see [`JsonLines::follow`](crate::JsonLines::follow).
///
/// The iterator blocks until there is a record, and ends when it is [stopped](Follow::stop): then it gives what
/// is there, and nothing more. A last line that has no end is waited for. Where the log cannot be read any more, the
/// error is the last item.
///
/// A record is in the file a moment before its commit returns. Where the disk then fails, and the commit is
/// refused, a follower may have seen a record that did not happen. It then goes back: the records that take its place
/// come after it, all of them and in order, and one that was tried again with success comes again. Only a refused
/// commit of more than 1 MiB may be too large to go back over.
///
/// ```
/// use tollgate::JsonLines;
/// # fn follow(path: &std::path::Path) -> Result<(), tollgate::sink::file::FileError> {
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

    /// How often it looks whether there is more; every 100 ms where this is not called.
    #[must_use]
    pub fn every(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Passes over the records that are there.
    ///
    /// # Errors
    ///
    /// Where the log cannot be read.
    pub fn from_end(mut self) -> Result<Self, FileError> {
        self.reader.skip_to_end()?;
        Ok(self)
    }

    /// What ends it, from another thread.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// The next record with its place: waits for it, and gives none after it has been stopped.
    pub fn next_placed(&mut self) -> Option<Result<(Place, Record), FileError>> {
        while !self.is_ended {
            // Asked before the log is: what was there when it was stopped is still given.
            let is_stopped = self.stop.is_stopped();
            match self.look() {
                Found::Record(place, record) => return Some(Ok((place, record))),
                Found::Broken(error) => return Some(Err(error)),
                Found::Unfinished(_) | Found::End if is_stopped || self.reader.is_ended => self.is_ended = true,
                Found::Unfinished(_) | Found::End => self.stop.wait(self.interval),
            }
        }
        None
    }

    /// Looks twice, for between a look at the file and one at its name it may grow and be finished.
    fn look(&mut self) -> Found {
        match self.reader.next() {
            Found::Unfinished(_) | Found::End => match self.reader.look_for_rotation() {
                Ok(()) => self.reader.next(),
                Err(error) => Found::Broken(error),
            },
            found => found,
        }
    }
}

impl Iterator for Follow {
    type Item = Result<Record, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_placed().map(|item| item.map(|(_, record)| record))
    }
}

/// Ends a [`Follow`].
#[derive(Debug, Clone)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Ends it: what is in the log by now is still given.
    pub fn now(&self) {
        *lock(&self.0.0) = true;
        self.0.1.notify_all();
    }

    fn is_stopped(&self) -> bool {
        *lock(&self.0.0)
    }

    fn wait(&self, interval: Duration) {
        let is_stopped = lock(&self.0.0);
        if !*is_stopped {
            drop(self.0.1.wait_timeout(is_stopped, interval).unwrap_or_else(PoisonError::into_inner));
        }
    }
}
