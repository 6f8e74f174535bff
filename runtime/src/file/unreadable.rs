//! The lines of a log that `open` could not read.

use super::error::FileError;

/// The lines that [`open`](crate::JsonLines::open) could not read and stepped over; see
/// [`JsonLinesFile::unreadable`](super::JsonLinesFile::unreadable).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Unreadable {
    /// How many there are.
    pub count: u64,
    /// The first 100 of them, as [`FileError::NotARecord`] or [`FileError::NotAChart`].
    pub first: Vec<FileError>,
    is_refused: bool,
}

impl Unreadable {
    const KEPT: usize = 100;

    pub(super) fn new(is_refused: bool) -> Self {
        Self { is_refused, ..Self::default() }
    }

    /// Counts the line, or refuses it if the file is opened strictly.
    pub(super) fn add(&mut self, error: FileError) -> Result<(), FileError> {
        if self.is_refused {
            return Err(error);
        }
        self.count += 1;
        if self.first.len() < Self::KEPT {
            self.first.push(error);
        }
        Ok(())
    }
}
