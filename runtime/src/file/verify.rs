//! Verifying the chain of lines of a log while it is read.

use std::collections::VecDeque;
use std::path::Path;

use super::chain::{digest, link};
use super::error::FileError;
use super::lines::LinePosition;
use super::read::Records;
use crate::record::{Digest, Record};

/// The records of a log, whose lines are verified to be a chain; see [`Records::chained`].
///
/// The items are those of [`Records`], and before the item of a line that does not carry the digest of the line before it
/// comes [`FileError::ChainBroken`]: one of the two was changed, lines between them were taken out or put in, or a file
/// between them is compressed or gone. The verification continues from that line.
///
/// Lines without a digest are accepted before the first line that has one. After it, the first of them in a row is a
/// break. A file that is missing between two others is reported as [`FileError::FileMissing`], and the line that follows it
/// is not compared. Blank lines are not part of the chain. A line that is not a record is part of it.
///
/// The chain does not show that lines were taken from the end of a log, or from its start. Keep the values of
/// [`head`](Chained::head) and [`start`](Chained::start) outside of the log and compare them.
#[derive(Debug)]
pub struct Chained {
    records: Records,
    state: ChainState,
    start: Option<Digest>,
    /// The states before the lines to which the reader can go back: a refused commit is cut off again.
    before: VecDeque<(u64, ChainState)>,
    file: u64,
    /// The item of a line that was reported to break the chain.
    pending: Option<Result<(LinePosition, Record), FileError>>,
}

impl Records {
    /// Verifies the chain of lines while it reads: that each line carries the digest of the line before it.
    ///
    /// ```
    /// use tollgate::JsonLines;
    /// # fn verify(path: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut records = JsonLines::read(path)?.chained();
    /// for record in &mut records {
    ///     if let Err(error) = record {
    ///         println!("{error}");
    ///     }
    /// }
    /// println!("the last line has the digest {:?}", records.head());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn chained(self) -> Chained {
        Chained::new(self)
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct ChainState {
    /// The digest of the last line; `None` if it is not known.
    head: Option<Digest>,
    /// Whether the last line carried a digest.
    is_linked: bool,
}

impl Chained {
    pub(super) fn new(records: Records) -> Self {
        Self { records, state: ChainState::default(), start: None, before: VecDeque::new(), file: 0, pending: None }
    }

    /// Returns the digest of the last line that was read: the value that the next line will carry.
    #[must_use]
    pub fn head(&self) -> Option<Digest> {
        self.state.head
    }

    /// Returns the digest that the first chained line carries: 64 zeros if no line precedes it. It is `None` if no line
    /// carries a digest.
    #[must_use]
    pub fn start(&self) -> Option<Digest> {
        self.start
    }

    /// Returns the place of a last line without a newline; see [`Records::unfinished`].
    #[must_use]
    pub fn unfinished(&self) -> Option<&LinePosition> {
        self.records.unfinished()
    }

    /// Compares the line at this place with the one before it, and returns the error if the chain breaks there.
    fn check(&mut self, path: &Path, line: u64, byte: u64, is_record: bool) -> Option<FileError> {
        let (file, earliest) = self.records.reader().position();
        if std::mem::replace(&mut self.file, file) != file {
            self.before.clear();
        }
        while self.before.back().is_some_and(|(begin, _)| *begin >= byte) {
            self.state = self.before.pop_back().map(|(_, state)| state).unwrap_or_default();
        }
        while self.before.front().is_some_and(|(begin, _)| *begin < earliest) {
            self.before.pop_front();
        }
        self.before.push_back((byte, self.state));
        let text = self.records.reader().last_line();
        let found = link(text);
        let ChainState { head, is_linked } = self.state;
        self.state = ChainState { head: Some(digest(text)), is_linked: found.is_some() || (is_linked && !is_record) };
        self.start = self.start.or(found);
        let expected = head?;
        // A line that is not a record is reported as such.
        let is_broken = if found.is_some() { found != head } else { is_linked && is_record };
        is_broken.then(|| FileError::ChainBroken { path: path.to_owned(), line, byte, expected, found })
    }
}

impl Iterator for Chained {
    type Item = Result<Record, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = match self.pending.take() {
            Some(pending) => pending,
            None => self.next_checked()?,
        };
        Some(item.map(|(_, record)| record))
    }
}

impl Chained {
    fn next_checked(&mut self) -> Option<Result<(LinePosition, Record), FileError>> {
        let item = self.records.next_with_position()?;
        let broken = match &item {
            Ok((place, _)) => self.check(&place.file, place.line, place.byte, true),
            Err(FileError::NotARecord { path, line, byte, .. }) => self.check(path, *line, *byte, false),
            Err(_) => {
                self.state.head = None;
                None
            }
        };
        let Some(broken) = broken else { return Some(item) };
        let broken = self.records.note(broken);
        self.pending = Some(item).filter(|_| !self.records.is_ended());
        Some(Err(broken))
    }
}
