//! The torn end of a file: a line that was being written when its writer died.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::{FileError, Operation};
use super::paths::LogPaths;
use super::platform::owner_only;

/// Whether a line without an end may be the start of a line that starts with this text. A crash may leave zero bytes in place of
/// the rest.
pub(super) fn is_start(line: &[u8], text: &[u8]) -> bool {
    let line = without_zeros(line).trim_ascii_end();
    line.starts_with(text) || text.starts_with(line)
}

/// The line without the zero bytes at its end.
pub(super) fn without_zeros(line: &[u8]) -> &[u8] {
    let length = line.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &line[..length]
}

/// Moves the end of a file, from this byte on, to another file. Returns the path of that file.
pub(super) fn move_aside(
    paths: &LogPaths,
    path: &Path,
    file: &File,
    byte: u64,
    tail: &[u8],
) -> Result<PathBuf, FileError> {
    let torn = LogPaths::torn(path, byte, tail);
    // A file with that name holds the same line, or the part of it that an interrupted repair has copied.
    owner_only(OpenOptions::new().write(true).create(true).truncate(true))
        .open(&torn)
        .and_then(|mut torn| torn.write_all(tail).and_then(|()| torn.sync_all()))
        .map_err(|cause| FileError::io(Operation::Write, &torn, cause))?;
    paths.sync_directory()?;
    file.set_len(byte).map_err(|cause| FileError::io(Operation::Truncate, path, cause))?;
    Ok(torn)
}
