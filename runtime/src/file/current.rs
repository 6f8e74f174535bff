//! The current file of a log: writes, syncs, rotation, and the rollback of refused writes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use chrono::{NaiveDate, Utc};

use super::batch::{Batch, Part, Written};
use super::chain;
use super::charts::KnownCharts;
use super::error::{FileError, Operation, WriteState};
use super::lock::{self, LogLock};
use super::options::{Rotation, counted_day};
use super::paths::LogPaths;
use super::platform::{create, is_same_file};
use crate::record::Digest;

/// The current file and its state. The writer thread owns it.
#[derive(Debug)]
pub(super) struct CurrentFile {
    pub(super) paths: LogPaths,
    pub(super) rotation: Option<Rotation>,
    /// `None` after a rotation, until the next file is created.
    pub(super) file: Option<File>,
    /// The length of the file: whole lines that were accepted.
    pub(super) length: u64,
    /// How many of these bytes are durable.
    pub(super) synced: u64,
    /// The latest day of its records.
    pub(super) day: Option<NaiveDate>,
    /// The digest of the last line that was accepted, if lines are chained.
    pub(super) head: Option<Digest>,
    pub(super) charts: KnownCharts,
    pub(super) next_number: u64,
    /// Whether bytes of a refused write may follow after `length`.
    pub(super) must_cut: bool,
    /// Whether a file was created or renamed since the last sync of the directory.
    pub(super) is_directory_changed: bool,
    /// The reason why it refuses all writes: a sync failed and could not be rolled back.
    pub(super) broken: Option<Arc<io::Error>>,
    /// Held until the log is closed.
    pub(super) _lock: LogLock,
}

impl CurrentFile {
    pub(super) fn path(&self) -> &Path {
        &self.paths.current
    }

    pub(super) fn is_chained(&self) -> bool {
        self.head.is_some()
    }

    /// Writes the parts of a batch, durably or not; before them the charts that they name and the log does not have,
    /// always durably.
    pub(super) fn write(&mut self, batch: &mut Batch, is_durable: bool) -> Written {
        let mut written = Written { parts: 0, refused: None };
        let charts = self.charts.missing(&batch.charts);
        if !charts.is_empty() {
            if let Err(error) = self.make_ready().and_then(|()| self.charts.write(&charts, &self.paths)) {
                return Written { refused: Some(error), ..written };
            }
        }
        let (mut bytes, parts) = (&mut batch.lines[..], &mut batch.parts[..]);
        if self.rotation == Some(Rotation::Daily) {
            let today = Utc::now().date_naive();
            for part in parts.iter_mut() {
                part.day = part.day.map(|day| counted_day(day, today));
            }
        }
        while written.parts < parts.len() {
            let rest = &parts[written.parts..];
            let run = match self.run(rest) {
                Ok(run) => run,
                Err(error) => return Written { refused: Some(error), ..written },
            };
            let length = rest[..run].iter().map(|part| part.length).sum();
            let (lines, following) = bytes.split_at_mut(length);
            let head = self.head.map(|head| chain::link_lines(lines, head));
            if let Err(error) = self.append(lines, is_durable) {
                return Written { refused: Some(error), ..written };
            }
            self.head = head;
            self.day = rest[..run].iter().filter_map(|part| part.day).chain(self.day).max();
            bytes = following;
            written.parts += run;
        }
        written
    }

    /// Returns how many of these parts go into the current file. If the first does not, starts another file before.
    fn run(&mut self, parts: &[Part]) -> Result<usize, FileError> {
        self.make_ready()?;
        let Some(rotation) = self.rotation else { return Ok(parts.len()) };
        if !rotation.has_room(self.length, self.day, parts[0].length, parts[0].day) {
            self.rotate()?;
        }
        let (mut length, mut day) = (self.length, self.day);
        let fits = |part: &&Part| {
            let has_room = rotation.has_room(length, day, part.length, part.day);
            length += part.length as u64;
            day = day.max(part.day);
            has_room
        };
        Ok(parts.iter().take_while(fits).count())
    }

    /// Cleans up after an earlier failure, and checks that the path leads to this file.
    fn make_ready(&mut self) -> Result<(), FileError> {
        let path = &self.paths.current;
        if let Some(cause) = &self.broken {
            return Err(FileError::Broken { path: path.clone(), cause: Arc::clone(cause) });
        }
        if self.must_cut {
            self.cut()?;
        }
        if self.file.is_none() {
            self.create()?;
        }
        if self.is_directory_changed {
            self.paths.sync_directory()?;
            self.is_directory_changed = false;
        }
        self.check_in_place()
    }

    /// Records in a file that was moved or removed would be lost, and a file that another program writes to cannot be cut
    /// back safely.
    fn check_in_place(&self) -> Result<(), FileError> {
        let path = &self.paths.current;
        let is_ours = match (&self.file, fs::metadata(path)) {
            (Some(file), Ok(found)) => {
                let ours = file.metadata().map_err(|cause| FileError::io(Operation::Read, path, cause))?;
                found.len() == self.length && is_same_file(&found, &ours)
            }
            (None, _) => false,
            (_, Err(error)) if error.kind() == io::ErrorKind::NotFound => false,
            (_, Err(error)) => return Err(FileError::io(Operation::Read, path, error)),
        };
        if is_ours { Ok(()) } else { Err(FileError::Replaced { path: path.clone() }) }
    }

    /// Appends whole lines: all of them, or after an error none.
    fn append(&mut self, lines: &[u8], is_durable: bool) -> Result<(), FileError> {
        let Some(file) = &mut self.file else { return Err(FileError::Replaced { path: self.paths.current.clone() }) };
        let done = file.write_all(lines).map_err(|cause| (Operation::Write, cause)).and_then(|()| {
            if is_durable { file.sync_data().map_err(|cause| (Operation::Sync, cause)) } else { Ok(()) }
        });
        if let Err((operation, cause)) = done {
            let error = FileError::io(operation, &self.paths.current, cause);
            self.must_cut = true;
            return Err(if self.cut().is_ok() { error } else { error.of_unknown_state() });
        }
        self.length += lines.len() as u64;
        if is_durable {
            self.synced = self.length;
        }
        Ok(())
    }

    /// Cuts off a refused write, durably, because a crash could bring it back.
    fn cut(&mut self) -> Result<(), FileError> {
        let path = &self.paths.current;
        let Some(file) = &self.file else { return Ok(()) };
        file.set_len(self.length)
            .map_err(|cause| FileError::io(Operation::Truncate, path, cause).of_unknown_state())?;
        match file.sync_all() {
            Ok(()) => {
                self.must_cut = false;
                self.synced = self.length;
                Ok(())
            }
            Err(cause) => Err(self.mark_broken(cause).of_unknown_state()),
        }
    }

    /// Makes all written lines durable.
    pub(super) fn sync(&mut self) -> Result<(), FileError> {
        self.make_ready()?;
        let Some(file) = &self.file else { return Ok(()) };
        if self.synced < self.length {
            if let Err(cause) = file.sync_data() {
                return Err(self.mark_broken(cause));
            }
            self.synced = self.length;
        }
        Ok(())
    }

    /// Marks the file as broken. After a failed sync the kernel may mark the lost pages as clean, so that a later sync succeeds
    /// without them.
    fn mark_broken(&mut self, cause: io::Error) -> FileError {
        let cause = Arc::new(cause);
        self.broken = Some(Arc::clone(&cause));
        let (operation, path) = (Operation::Sync, self.paths.current.clone());
        FileError::Io { operation, path, cause, state: WriteState::NotWritten }
    }

    /// Renames the current file to its number, and creates the next one. After a crash at any point the log is complete: the
    /// current file is the old one, absent, or empty.
    fn rotate(&mut self) -> Result<(), FileError> {
        self.sync()?;
        let day = self.day.filter(|_| matches!(self.rotation, Some(Rotation::Daily)));
        let mut finished = self.paths.finished(self.next_number, day);
        // A file with that name is not overwritten.
        while fs::symlink_metadata(&finished).is_ok() {
            self.next_number = self.next_number.checked_add(1).ok_or_else(|| {
                let cause =
                    io::Error::new(io::ErrorKind::AlreadyExists, "the number of this file is the last there is");
                FileError::io(Operation::Rotate, &finished, cause)
            })?;
            finished = self.paths.finished(self.next_number, day);
        }
        let path = &self.paths.current;
        fs::rename(path, &finished).map_err(|cause| FileError::io(Operation::Rotate, path, cause))?;
        self.next_number = self.next_number.saturating_add(1);
        (self.file, self.length, self.synced, self.day) = (None, 0, 0, None);
        self.is_directory_changed = true;
        self.make_ready()
    }

    fn create(&mut self) -> Result<(), FileError> {
        self.is_directory_changed = true;
        let file = self.file.insert(create(&self.paths.current)?);
        lock::lock_log(file, &self.paths.current)
    }
}

impl Drop for CurrentFile {
    fn drop(&mut self) {
        // The last chance to cut it off: the next `open` would count the refused record as accepted.
        if self.must_cut && self.broken.is_none() {
            let _ = self.cut();
        }
        if let Some(file) = &self.file {
            lock::unlock_log(file);
        }
    }
}
