//! The current file on the disk: writes, syncs, rotation, and the undoing of refused writes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use chrono::{NaiveDate, Utc};

use super::chain;
use super::charts::KnownCharts;
use super::error::{FileError, Operation, Outcome};
use super::lock::{self, Lock};
use super::names::Names;
use super::options::{Rotation, counted_day};
use super::queue::Batch;
use crate::record::Digest;

/// The current file and its state. The thread that holds it writes.
#[derive(Debug)]
pub(super) struct Disk {
    pub(super) names: Names,
    pub(super) rotation: Option<Rotation>,
    /// `None` after a rotation, until the next file is created.
    pub(super) file: Option<File>,
    /// The length of the file: whole lines that were accepted.
    pub(super) length: u64,
    /// How many of these bytes are durable.
    pub(super) synced: u64,
    /// The latest day of its records.
    pub(super) day: Option<NaiveDate>,
    /// The digest of the last line that was taken, if lines are chained. It moves only when a write was taken.
    pub(super) head: Option<Digest>,
    pub(super) charts: KnownCharts,
    pub(super) next_number: u64,
    /// Whether bytes of a refused write may follow after `length`.
    pub(super) is_to_be_cut: bool,
    /// Whether a file was created or renamed since the last sync of the directory.
    pub(super) is_directory_changed: bool,
    /// Why it refuses all writes: a sync failed and could not be undone.
    pub(super) broken: Option<Arc<io::Error>>,
    /// Held until the log is closed.
    pub(super) _lock: Lock,
}

/// The records of one commit, which are written or refused together, and never divided between two files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// The length of its lines in bytes.
    pub(super) length: usize,
    /// The number of records.
    pub(super) records: usize,
    /// The latest day of the records, if files are rotated by day.
    pub(super) day: Option<NaiveDate>,
}

/// The outcome of a write of several entries: the first ones were written, and the rest refused.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) entries: usize,
    pub(super) refused: Option<FileError>,
}

impl Disk {
    /// Writes the entries of a batch, durably or not; before them the charts that they name and the log does not have,
    /// always durably.
    pub(super) fn write(&mut self, batch: &mut Batch, is_durable: bool) -> Taken {
        let mut taken = Taken { entries: 0, refused: None };
        let charts = self.charts.missing(&batch.charts);
        if !charts.is_empty() {
            if let Err(error) = self.make_ready().and_then(|()| self.charts.write(&charts, &self.names)) {
                return Taken { refused: Some(error), ..taken };
            }
        }
        let (mut bytes, entries) = (&mut batch.lines[..], &mut batch.entries[..]);
        if self.rotation == Some(Rotation::Daily) {
            let today = Utc::now().date_naive();
            for entry in entries.iter_mut() {
                entry.day = entry.day.map(|day| counted_day(day, today));
            }
        }
        while taken.entries < entries.len() {
            let rest = &entries[taken.entries..];
            let run = match self.run(rest) {
                Ok(run) => run,
                Err(error) => return Taken { refused: Some(error), ..taken },
            };
            let length = rest[..run].iter().map(|entry| entry.length).sum();
            let (lines, following) = bytes.split_at_mut(length);
            let head = self.head.map(|head| chain::link_lines(lines, head));
            if let Err(error) = self.append(lines, is_durable) {
                return Taken { refused: Some(error), ..taken };
            }
            self.head = head;
            self.day = rest[..run].iter().filter_map(|entry| entry.day).chain(self.day).max();
            bytes = following;
            taken.entries += run;
        }
        taken
    }

    /// Returns how many of these entries go into the current file. If the first does not, starts another file before.
    fn run(&mut self, entries: &[Entry]) -> Result<usize, FileError> {
        self.make_ready()?;
        let Some(rotation) = self.rotation else { return Ok(entries.len()) };
        if !rotation.has_room(self.length, self.day, &entries[0]) {
            self.rotate()?;
        }
        let (mut length, mut day) = (self.length, self.day);
        let fits = |entry: &&Entry| {
            let has_room = rotation.has_room(length, day, entry);
            length += entry.length as u64;
            day = day.max(entry.day);
            has_room
        };
        Ok(entries.iter().take_while(fits).count())
    }

    /// Cleans up after an earlier failure, and checks that the path leads to this file.
    fn make_ready(&mut self) -> Result<(), FileError> {
        let path = &self.names.current;
        if let Some(cause) = &self.broken {
            return Err(FileError::Broken { path: path.clone(), cause: Arc::clone(cause) });
        }
        if self.is_to_be_cut {
            self.cut()?;
        }
        if self.file.is_none() {
            self.create()?;
        }
        if self.is_directory_changed {
            self.names.sync_directory()?;
            self.is_directory_changed = false;
        }
        self.check_in_place()
    }

    /// Records in a file that was moved or removed would be lost, and a file that another program writes to cannot be cut
    /// back safely.
    fn check_in_place(&self) -> Result<(), FileError> {
        let path = &self.names.current;
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
        let Some(file) = &mut self.file else { return Err(FileError::Replaced { path: self.names.current.clone() }) };
        let done = file.write_all(lines).map_err(|cause| (Operation::Write, cause)).and_then(|()| {
            if is_durable { file.sync_data().map_err(|cause| (Operation::Sync, cause)) } else { Ok(()) }
        });
        if let Err((operation, cause)) = done {
            let error = FileError::io(operation, &self.names.current, cause);
            self.is_to_be_cut = true;
            return Err(if self.cut().is_ok() { error } else { error.of_unknown_outcome() });
        }
        self.length += lines.len() as u64;
        if is_durable {
            self.synced = self.length;
        }
        Ok(())
    }

    /// Cuts off a refused write, durably, because a crash could bring it back.
    fn cut(&mut self) -> Result<(), FileError> {
        let path = &self.names.current;
        let Some(file) = &self.file else { return Ok(()) };
        file.set_len(self.length)
            .map_err(|cause| FileError::io(Operation::Truncate, path, cause).of_unknown_outcome())?;
        match file.sync_all() {
            Ok(()) => {
                self.is_to_be_cut = false;
                self.synced = self.length;
                Ok(())
            }
            Err(cause) => Err(self.break_off(cause).of_unknown_outcome()),
        }
    }

    /// Makes all written lines durable.
    pub(super) fn sync(&mut self) -> Result<(), FileError> {
        self.make_ready()?;
        let Some(file) = &self.file else { return Ok(()) };
        if self.synced < self.length {
            if let Err(cause) = file.sync_data() {
                return Err(self.break_off(cause));
            }
            self.synced = self.length;
        }
        Ok(())
    }

    /// Marks the file as broken. After a failed sync the kernel may mark the lost pages as clean, so that a later sync succeeds
    /// without them.
    fn break_off(&mut self, cause: io::Error) -> FileError {
        let cause = Arc::new(cause);
        self.broken = Some(Arc::clone(&cause));
        let (operation, path) = (Operation::Sync, self.names.current.clone());
        FileError::Io { operation, path, cause, outcome: Outcome::NotWritten }
    }

    /// Renames the current file to its number, and creates the next one. After a crash at any point the log is complete: the
    /// current file is the old one, absent, or empty.
    fn rotate(&mut self) -> Result<(), FileError> {
        self.sync()?;
        let day = self.day.filter(|_| matches!(self.rotation, Some(Rotation::Daily)));
        let mut finished = self.names.finished(self.next_number, day);
        // A file with that name is not overwritten.
        while fs::symlink_metadata(&finished).is_ok() {
            self.next_number = self.next_number.checked_add(1).ok_or_else(|| {
                let cause =
                    io::Error::new(io::ErrorKind::AlreadyExists, "the number of this file is the last there is");
                FileError::io(Operation::Rotate, &finished, cause)
            })?;
            finished = self.names.finished(self.next_number, day);
        }
        let path = &self.names.current;
        fs::rename(path, &finished).map_err(|cause| FileError::io(Operation::Rotate, path, cause))?;
        self.next_number = self.next_number.saturating_add(1);
        (self.file, self.length, self.synced, self.day) = (None, 0, 0, None);
        self.is_directory_changed = true;
        self.make_ready()
    }

    fn create(&mut self) -> Result<(), FileError> {
        self.is_directory_changed = true;
        let file = self.file.insert(create(&self.names.current)?);
        lock::log(file, &self.names.current)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The last chance to cut it off: the next `open` would count the refused record as accepted.
        if self.is_to_be_cut && self.broken.is_none() {
            let _ = self.cut();
        }
        if let Some(file) = &self.file {
            lock::unlock_log(file);
        }
    }
}

/// Creates a file that only its owner may read. It must not exist.
pub(super) fn create(path: &Path) -> Result<File, FileError> {
    owner_only(OpenOptions::new().read(true).append(true).create_new(true))
        .open(path)
        .map_err(|cause| FileError::io(Operation::OpenFile, path, cause))
}

#[cfg(unix)]
pub(super) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
pub(super) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
pub(super) fn is_same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// On other systems the standard library has no such comparison.
#[cfg(not(unix))]
pub(super) fn is_same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}
