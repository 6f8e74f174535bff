//! Reading a log: its files in order, line by line.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use super::disk::is_same_file;
use super::error::{FileError, Operation};
use super::names::Names;
use super::repair;
use crate::record::Record;

/// Where a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file.
    pub file: Arc<Path>,
    /// The number of the line, from 1.
    pub line: u64,
    /// Where the line begins, in bytes from the beginning of the file.
    pub byte: u64,
}

/// The records of a log, in order; see [`JsonLines::read`](crate::JsonLines::read).
///
/// A last line of the current file that has no end is no record yet, and is passed over: its writer is about to
/// write the rest, or has died; [`unfinished`](Records::unfinished) says where it is.
#[derive(Debug)]
pub struct Records {
    reader: Reader,
    unfinished: Option<Place>,
}

impl Records {
    pub(crate) fn of(path: &Path) -> Result<Self, FileError> {
        Ok(Self { reader: Reader::of(path)?, unfinished: None })
    }

    /// The records with their places.
    #[must_use]
    pub fn with_places(self) -> WithPlaces {
        WithPlaces(self)
    }

    /// The last line of the current file, where it has no end. Known when the iteration has come to it.
    #[must_use]
    pub fn unfinished(&self) -> Option<&Place> {
        self.unfinished.as_ref()
    }

    fn next_placed(&mut self) -> Option<Result<(Place, Record), FileError>> {
        match self.reader.next() {
            Found::Record(place, record) => Some(Ok((place, record))),
            Found::Broken(error) => Some(Err(error)),
            Found::Unfinished(place) => {
                self.unfinished = Some(place);
                None
            }
            Found::End => None,
        }
    }
}

impl Iterator for Records {
    type Item = Result<Record, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_placed().map(|item| item.map(|(_, record)| record))
    }
}

/// The records of a log with their places; see [`Records::with_places`].
#[derive(Debug)]
pub struct WithPlaces(Records);

impl WithPlaces {
    /// The last line of the current file, where it has no end; see [`Records::unfinished`].
    #[must_use]
    pub fn unfinished(&self) -> Option<&Place> {
        self.0.unfinished()
    }
}

impl Iterator for WithPlaces {
    type Item = Result<(Place, Record), FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_placed()
    }
}

/// Goes from file to file. It holds on to the one that it reads, whatever that is called by now.
#[derive(Debug)]
pub(super) struct Reader {
    names: Names,
    /// The number of the last finished file that was begun.
    last: u64,
    open: Option<Open>,
    /// Whether the current file could not be read. It may be so for ever, and whoever skips errors would not end.
    pub(super) is_ended: bool,
}

#[expect(clippy::large_enum_variant, reason = "it is handed on at once, and never kept")]
pub(super) enum Found {
    Record(Place, Record),
    Broken(FileError),
    /// A line that begins here has no end yet.
    Unfinished(Place),
    /// There is no more for now.
    End,
}

/// A file that is being read.
#[derive(Debug)]
struct Open {
    file: Arc<Path>,
    /// Whether nothing more comes to it.
    is_finished: bool,
    reader: BufReader<File>,
    /// The number of the next line, and where it begins.
    line: u64,
    byte: u64,
    buffer: Vec<u8>,
    /// The last records that were read, by line and byte, for who follows: they may be cut off again.
    recent: VecDeque<(u64, u64, Uuid)>,
}

/// More records than a batch has that was refused after it had been written.
const RECENT: usize = 4096;

impl Reader {
    pub(super) fn of(path: &Path) -> Result<Self, FileError> {
        let mut reader = Self { names: Names::of(path)?, last: 0, open: None, is_ended: false };
        if !reader.advance()? {
            let cause = io::Error::new(io::ErrorKind::NotFound, "there is no such log");
            return Err(FileError::io(Operation::Open, &reader.names.current, cause));
        }
        Ok(reader)
    }

    pub(super) fn next(&mut self) -> Found {
        while !self.is_ended {
            let Some(open) = &mut self.open else {
                match self.advance() {
                    Ok(true) => continue,
                    Ok(false) => return Found::End,
                    Err(error) => {
                        self.is_ended = true;
                        return Found::Broken(error);
                    }
                }
            };
            let found = open.next();
            match &found {
                Found::End if open.is_finished => self.open = None,
                Found::Broken(FileError::Io { .. }) => {
                    self.is_ended = !open.is_finished;
                    self.open = None;
                    return found;
                }
                _ => return found,
            }
        }
        Found::End
    }

    /// Goes to the end of the current file: past all that is there.
    pub(super) fn skip_to_end(&mut self) -> Result<(), FileError> {
        while let Some((number, _)) = self.names.finished_after(self.last)?.last() {
            self.last = *number;
            self.open = None;
        }
        loop {
            match self.next() {
                Found::Record(..) | Found::Broken(FileError::NotARecord { .. }) => {}
                Found::Broken(error) => return Err(error),
                Found::Unfinished(_) | Found::End => return Ok(()),
            }
        }
    }

    /// Where the current file has got its number meanwhile, says so: then there is an end to it.
    pub(super) fn look_for_rotation(&mut self) -> Result<(), FileError> {
        let Some(open) = self.open.as_mut().filter(|open| !open.is_finished) else { return Ok(()) };
        let finished = self.names.finished_after(self.last).inspect_err(|_| self.is_ended = true)?;
        let Some((number, path)) = finished.first() else { return Ok(()) };
        open.is_finished = true;
        // Else it was finished and then removed, and the first that is left follows it.
        if open.is_at(path) {
            self.last = *number;
            open.file = path.as_path().into();
        }
        Ok(())
    }

    /// Lines that were refused are cut off again, and others written in their place. Where it has read such, it
    /// goes back.
    pub(super) fn look_for_cut(&mut self) {
        // Where this fails, so does the next try to read, and says so.
        let _ = self.open.as_mut().map(Open::look_for_cut);
    }

    /// Opens the next file. The current one is the next only if no finished one is, after it was opened as before:
    /// it may get its number at any time.
    fn advance(&mut self) -> Result<bool, FileError> {
        loop {
            if let Some((number, path)) = self.names.finished_after(self.last)?.into_iter().next() {
                self.last = number;
                self.open = Some(Open::at(path, true)?);
                return Ok(true);
            }
            let current = match Open::at(self.names.current.clone(), false) {
                Err(error) if error.kind() == Some(io::ErrorKind::NotFound) => None,
                opened => Some(opened?),
            };
            if self.names.finished_after(self.last)?.is_empty() {
                self.open = current;
                return Ok(self.open.is_some());
            }
        }
    }
}

impl Open {
    fn at(path: PathBuf, is_finished: bool) -> Result<Self, FileError> {
        let file = File::open(&path).map_err(|cause| FileError::io(Operation::Open, &path, cause))?;
        let reader = BufReader::with_capacity(64 * 1024, file);
        Ok(Self {
            file: path.into(),
            is_finished,
            reader,
            line: 1,
            byte: 0,
            buffer: Vec::new(),
            recent: VecDeque::new(),
        })
    }

    fn next(&mut self) -> Found {
        loop {
            self.buffer.clear();
            let place = Place { file: Arc::clone(&self.file), line: self.line, byte: self.byte };
            let length = match self.reader.read_until(b'\n', &mut self.buffer) {
                Ok(0) => return Found::End,
                Ok(length) => length as u64,
                Err(cause) => return Found::Broken(FileError::io(Operation::Read, &self.file, cause)),
            };
            if !self.is_finished && !self.buffer.ends_with(b"\n") {
                // The next try reads it from its beginning: by then it may be another line.
                return match self.reader.seek(SeekFrom::Start(self.byte)) {
                    Ok(_) => Found::Unfinished(place),
                    Err(cause) => Found::Broken(FileError::io(Operation::Read, &self.file, cause)),
                };
            }
            self.line += 1;
            self.byte += length;
            if !self.buffer.trim_ascii().is_empty() {
                let Place { line, byte, .. } = place;
                let path = || self.file.to_path_buf();
                return match repair::record(&self.buffer) {
                    Ok(record) => {
                        if !self.is_finished {
                            if self.recent.len() == RECENT {
                                self.recent.pop_front();
                            }
                            self.recent.push_back((line, byte, record.id));
                        }
                        Found::Record(place, record)
                    }
                    Err(why) => Found::Broken(FileError::NotARecord { path: path(), line, byte, why: why.to_string() }),
                };
            }
        }
    }

    fn is_at(&self, path: &Path) -> bool {
        match (self.reader.get_ref().metadata(), fs::metadata(path)) {
            (Ok(ours), Ok(found)) => is_same_file(&ours, &found),
            _ => false,
        }
    }

    /// Back to the last record that is where it was read.
    fn look_for_cut(&mut self) -> io::Result<()> {
        while let Some((line, byte, id)) = self.recent.back().copied() {
            self.reader.seek(SeekFrom::Start(byte))?;
            self.buffer.clear();
            self.reader.read_until(b'\n', &mut self.buffer)?;
            if repair::record(&self.buffer).is_ok_and(|record| record.id == id) {
                break;
            }
            self.recent.pop_back();
            (self.line, self.byte) = (line, byte);
        }
        self.reader.seek(SeekFrom::Start(self.byte)).map(drop)
    }
}
