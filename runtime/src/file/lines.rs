//! One file of a log, read line by line while it may grow, be cut back and be renamed.

use std::fs::{self, File};
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{FileError, Operation};
use super::platform::is_same_file;
use crate::record::Record;
use crate::sink::{parse, without_mark};

/// The position of a line in the files of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinePosition {
    /// The file.
    pub file: Arc<Path>,
    /// The number of the line, from 1.
    pub line: u64,
    /// The offset of the line, in bytes from the beginning of the file.
    pub byte: u64,
}

/// The result of reading one line.
#[expect(clippy::large_enum_variant, reason = "it is returned at once, and never stored")]
pub(super) enum NextLine {
    Record(LinePosition, Record),
    Error(FileError),
    /// A line that begins here has no newline yet.
    Unfinished(LinePosition),
    /// There is no further line yet.
    End,
}

/// A file that is being read.
#[derive(Debug)]
pub(super) struct OpenFile {
    pub(super) path: Arc<Path>,
    file: File,
    /// Whether the file is finished: nothing is appended to it or cut off.
    pub(super) is_finished: bool,
    /// The first byte of the file that is in `bytes`: first lines that were returned, and may be cut off again, then lines that
    /// were not returned yet.
    pub(super) start: u64,
    pub(super) bytes: Vec<u8>,
    /// How many of the bytes were returned.
    pub(super) returned: usize,
    /// The length of the line that was returned last.
    pub(super) last: usize,
    /// Whether none of them can be cut off any more, by the length that the file had when they were read.
    pub(super) is_settled: bool,
    /// The number of the next line.
    line: u64,
}

/// The size of one read in bytes.
const CHUNK: usize = 64 * 1024;

/// Bytes that are further from the end of a file are not cut off any more, unless a refused commit is larger.
const UNSETTLED: usize = 1024 * 1024;

impl OpenFile {
    pub(super) fn at(path: PathBuf, is_finished: bool) -> Result<Self, FileError> {
        let failed = |cause| FileError::io(Operation::OpenFile, &path, cause);
        // Checked before it is opened: opening a pipe would wait for a writer.
        if !fs::metadata(&path).map_err(failed)?.is_file() {
            return Err(FileError::NotAFile { path });
        }
        let file = File::open(&path).map_err(failed)?;
        Ok(Self {
            path: path.into(),
            file,
            is_finished,
            start: 0,
            bytes: Vec::new(),
            returned: 0,
            last: 0,
            is_settled: true,
            line: 1,
        })
    }

    pub(super) fn next(&mut self) -> NextLine {
        self.try_next().unwrap_or_else(|cause| NextLine::Error(FileError::io(Operation::Read, &self.path, cause)))
    }

    fn try_next(&mut self) -> io::Result<NextLine> {
        loop {
            let mut rest = &self.bytes[self.returned..];
            let length = rest.skip_until(b'\n')?;
            let line = &self.bytes[self.returned..self.returned + length];
            let has_end = line.ends_with(b"\n");
            if !has_end && self.read_on()? {
                continue;
            }
            let line = &self.bytes[self.returned..self.returned + length];
            let place = LinePosition { file: Arc::clone(&self.path), line: self.line, byte: self.byte() };
            if line.is_empty() {
                return Ok(NextLine::End);
            }
            if !has_end && !self.is_finished {
                return Ok(NextLine::Unfinished(place));
            }
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            let is_blank = without_mark(text, self.line).trim_ascii().is_empty();
            let record = if is_blank { Err(String::new()) } else { parse(text, self.line) };
            // A line that was cut off while it was read, followed by bytes of another, is not a record.
            if record.is_err() && !is_blank && !self.is_finished && self.roll_back()? {
                continue;
            }
            self.returned += length;
            self.last = length;
            self.line += 1;
            match record {
                Ok(record) => return Ok(NextLine::Record(place, record)),
                Err(_) if is_blank => {}
                Err(why) => {
                    let text = &self.bytes[self.returned - length..self.returned];
                    return Ok(NextLine::Error(FileError::not_a_record(
                        &place.file,
                        place.line,
                        place.byte,
                        text,
                        why,
                    )));
                }
            }
        }
    }

    /// The offset of the next line.
    fn byte(&self) -> u64 {
        self.start + self.returned as u64
    }

    /// Reads more, and checks that the bytes in the buffer are still in the file. Returns whether anything has changed.
    fn read_on(&mut self) -> io::Result<bool> {
        // Taken before the read: a later length could be that of a file that was cut and has grown again.
        let all = self.file.metadata()?.len();
        let was_settled = self.is_settled;
        if was_settled {
            self.discard(self.returned);
        } else if self.returned > 2 * UNSETTLED {
            let mut rest = &self.bytes[self.returned - UNSETTLED..self.returned];
            let to_next_line = rest.skip_until(b'\n')?;
            self.discard(self.returned - UNSETTLED + to_next_line);
        }
        // A long line is not searched again for each chunk of it.
        let wanted = CHUNK.max(self.bytes.len() - self.returned);
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.start + self.bytes.len() as u64))?;
        let length = file.take(wanted as u64).read_to_end(&mut self.bytes)?;
        // Checked after the read: an earlier cut is seen now, a later one at the next read.
        self.is_settled =
            self.is_finished || all.saturating_sub(self.start + self.bytes.len() as u64) > UNSETTLED as u64;
        let is_cut = !(was_settled && self.is_settled) && self.roll_back()?;
        Ok(length > 0 || is_cut)
    }

    fn discard(&mut self, count: usize) {
        self.bytes.drain(..count);
        self.start += count as u64;
        self.returned -= count;
        self.last = self.last.min(self.returned);
    }

    /// Goes back to the first line in the buffer that is not the same in the file any more, because a refused commit was cut
    /// off and other lines were written in its place. Returns whether there is one.
    pub(super) fn roll_back(&mut self) -> io::Result<bool> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.start))?;
        let (mut same, mut found) = (0, Vec::with_capacity(CHUNK));
        while same < self.bytes.len() {
            found.clear();
            file.take(CHUNK as u64).read_to_end(&mut found)?;
            let ours = &self.bytes[same..];
            let length = ours.len().min(found.len());
            if length > 0 && ours[..length] == found[..length] {
                same += length;
                continue;
            }
            same += ours.iter().zip(&found).take_while(|(ours, found)| ours == found).count();
            self.bytes.truncate(same.max(self.returned));
            if same < self.returned {
                let first = self.bytes[..same].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
                let lines = self.bytes[first..].split_inclusive(|byte| *byte == b'\n').count();
                self.bytes.truncate(first);
                self.returned = first;
                self.last = 0;
                self.line -= lines as u64;
            }
            return Ok(true);
        }
        Ok(false)
    }

    pub(super) fn is_at(&self, path: &Path) -> bool {
        match (self.file.metadata(), fs::metadata(path)) {
            (Ok(ours), Ok(found)) => is_same_file(&ours, &found),
            _ => false,
        }
    }
}
