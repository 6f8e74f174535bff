//! Reading a log: its files in order. The lines of one file are in `lines.rs`.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{FileError, Operation};
use super::lines::{LinePosition, NextLine, OpenFile};
use super::paths::LogPaths;
use crate::record::Record;

/// The records of a log, in order; see [`JsonLines::read`](crate::JsonLines::read).
///
/// A line that is not a record is an error item, and the next item is that of the next line. Collect into
/// `Result<Vec<_>, _>`, use `?` in a loop, or call [`strict`](Records::strict) to stop at the first error; filter by
/// `Result::ok` to step over them.
///
/// A last line of the current file without a newline is not a record yet and is skipped: the writer is about to write
/// the rest, or has died. [`unfinished`](Records::unfinished) returns its place.
#[derive(Debug)]
pub struct Records {
    reader: Reader,
    unfinished: Option<LinePosition>,
    is_strict: bool,
    is_ended: bool,
}

impl Records {
    pub(crate) fn of(path: &Path) -> Result<Self, FileError> {
        Ok(Self { reader: Reader::of(path)?, unfinished: None, is_strict: false, is_ended: false })
    }

    /// Ends after the first error, whatever it is: a line that is not a record, a missing file, a break of the chain.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// Returns the records with their places.
    #[must_use]
    pub fn with_positions(self) -> WithPositions {
        WithPositions(self)
    }

    /// Returns the place of the last line of the current file if it has no newline. It is known when the iteration has
    /// reached it.
    #[must_use]
    pub fn unfinished(&self) -> Option<&LinePosition> {
        self.unfinished.as_ref()
    }

    pub(super) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Ends the iteration after this error, if it is strict.
    pub(super) fn note(&mut self, error: FileError) -> FileError {
        self.is_ended |= self.is_strict;
        error
    }

    pub(super) fn is_ended(&self) -> bool {
        self.is_ended
    }

    pub(super) fn next_with_position(&mut self) -> Option<Result<(LinePosition, Record), FileError>> {
        if self.is_ended {
            return None;
        }
        match self.reader.next() {
            NextLine::Record(place, record) => Some(Ok((place, record))),
            NextLine::Error(error) => Some(Err(self.note(error))),
            NextLine::Unfinished(place) => {
                self.unfinished = Some(place);
                None
            }
            NextLine::End => None,
        }
    }
}

impl Iterator for Records {
    type Item = Result<Record, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_with_position().map(|item| item.map(|(_, record)| record))
    }
}

/// The records of a log with their places; see [`Records::with_positions`].
#[derive(Debug)]
pub struct WithPositions(Records);

impl WithPositions {
    /// Returns the place of a last line without a newline; see [`Records::unfinished`].
    #[must_use]
    pub fn unfinished(&self) -> Option<&LinePosition> {
        self.0.unfinished()
    }
}

impl Iterator for WithPositions {
    type Item = Result<(LinePosition, Record), FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_with_position()
    }
}

/// Goes from file to file. It keeps the file that it reads open, so a new name of it does not matter.
#[derive(Debug)]
pub(super) struct Reader {
    paths: LogPaths,
    /// The number of the last finished file that was begun.
    last: u64,
    /// The finished files after that one, as they were listed. A folder of thousands is not listed for each of them.
    listed: VecDeque<(u64, PathBuf)>,
    /// How many files were begun.
    begun: u64,
    /// The error for missing files before the open one, to be returned before its records.
    missing: Option<FileError>,
    open: Option<OpenFile>,
    /// Whether the current file could not be read. A caller that skips errors would otherwise never end.
    pub(super) is_ended: bool,
}

impl Reader {
    pub(super) fn of(path: &Path) -> Result<Self, FileError> {
        let paths = LogPaths::of(path)?;
        let mut reader =
            Self { paths, last: 0, listed: VecDeque::new(), begun: 0, missing: None, open: None, is_ended: false };
        if !reader.advance()? {
            let cause = io::Error::new(io::ErrorKind::NotFound, "there is no such log");
            return Err(FileError::io(Operation::OpenFile, &reader.paths.current, cause));
        }
        Ok(reader)
    }

    pub(super) fn next(&mut self) -> NextLine {
        while !self.is_ended {
            if let Some(error) = self.missing.take() {
                return NextLine::Error(error);
            }
            let Some(open) = &mut self.open else {
                match self.advance() {
                    Ok(true) => continue,
                    Ok(false) => return NextLine::End,
                    Err(error) => {
                        self.is_ended = true;
                        return NextLine::Error(error);
                    }
                }
            };
            let found = open.next();
            match &found {
                NextLine::End if open.is_finished => self.open = None,
                NextLine::Error(FileError::Io { .. }) => {
                    self.is_ended = !open.is_finished;
                    self.open = None;
                    return found;
                }
                _ => return found,
            }
        }
        NextLine::End
    }

    /// Returns the line that was returned last, without its newline.
    pub(super) fn last_line(&self) -> &[u8] {
        let line = self.open.as_ref().map_or(&[][..], |open| &open.bytes[open.returned - open.last..open.returned]);
        line.strip_suffix(b"\n").unwrap_or(line)
    }

    /// The file that is being read, by its position among those that were begun, and the first byte of it to which the
    /// reader can still go back.
    pub(super) fn position(&self) -> (u64, u64) {
        (self.begun, self.open.as_ref().map_or(0, |open| open.start))
    }

    /// Goes to the end of the current file: past everything that is there.
    pub(super) fn skip_to_end(&mut self) -> Result<(), FileError> {
        while let Some((number, _)) = self.paths.finished_after(self.last)?.back() {
            self.last = *number;
            self.listed.clear();
            self.open = None;
        }
        loop {
            match self.next() {
                NextLine::Record(..)
                | NextLine::Error(FileError::NotARecord { .. } | FileError::FileMissing { .. }) => {}
                NextLine::Error(error) => return Err(error),
                NextLine::Unfinished(_) | NextLine::End => return Ok(()),
            }
        }
    }

    /// Notes whether the current file has got its number: then nothing more is written to it. As long as the path leads
    /// to the file that is being read, the folder is not listed.
    pub(super) fn check_rotation(&mut self) -> Result<(), FileError> {
        let Some(open) = self.open.as_mut().filter(|open| !open.is_finished) else { return Ok(()) };
        // On systems other than Unix any two files look the same.
        if cfg!(unix) && open.is_at(&self.paths.current) {
            return Ok(());
        }
        let finished = self.paths.finished_after(self.last).inspect_err(|_| self.is_ended = true)?;
        let Some((number, path)) = finished.front() else { return Ok(()) };
        open.is_finished = true;
        if open.is_at(path) {
            self.last = *number;
            open.path = path.as_path().into();
        } else {
            // It was finished and then removed; the first file in the list follows it.
            self.last = if self.last == 0 { number - 1 } else { (self.last + 1).min(number - 1) };
        }
        // The buffer may hold bytes that were cut off before the file was finished.
        let rolled_back = open.roll_back().map(|_| open.is_settled = true);
        rolled_back.map_err(|cause| FileError::io(Operation::Read, &open.path, cause))
    }

    /// Opens the next file. The current one is next only if there is no finished one before it was opened and after:
    /// it may get its number at any time.
    fn advance(&mut self) -> Result<bool, FileError> {
        loop {
            self.list_after(self.last, false)?;
            if let Some((number, path)) = self.listed.pop_front() {
                let opened = match OpenFile::at(path.clone(), true) {
                    // It was removed or compressed since it was listed: list again. A link that leads to no file is still
                    // there then.
                    Err(error) if error.kind() == Some(io::ErrorKind::NotFound) => {
                        self.list_after(self.last, true)?;
                        if self.listed.front().is_some_and(|(_, found)| *found == path) {
                            return Err(error);
                        }
                        continue;
                    }
                    opened => opened,
                };
                if self.last > 0 && number > self.last + 1 {
                    let path = self.paths.finished(self.last + 1, None);
                    self.missing = Some(FileError::FileMissing { path, count: number - self.last - 1 });
                }
                self.last = number;
                self.open = Some(opened?);
                self.begun += 1;
                return Ok(true);
            }
            let current = match OpenFile::at(self.paths.current.clone(), false) {
                Err(error) if error.kind() == Some(io::ErrorKind::NotFound) => None,
                opened => Some(opened?),
            };
            self.list_after(self.last, true)?;
            if self.listed.is_empty() {
                self.open = current;
                self.begun += 1;
                return Ok(self.open.is_some());
            }
        }
    }

    /// Lists the finished files with a higher number, if none is known or the known ones are out of date.
    fn list_after(&mut self, last: u64, is_out_of_date: bool) -> Result<(), FileError> {
        while self.listed.front().is_some_and(|(number, _)| *number <= last) {
            self.listed.pop_front();
        }
        if self.listed.is_empty() || is_out_of_date {
            self.listed = self.paths.finished_after(last)?;
        }
        Ok(())
    }
}
