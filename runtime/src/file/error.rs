//! The errors of a durable file: of opening it, of reading it, and of writing a record.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;

use crate::record::{Digest, Printable, ValueError};
use crate::sink::find_id;

/// The error of opening or reading a durable file, or of a refused record.
///
/// Commits that were written together share the error of that write, and its cause.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum FileError {
    /// Another sink, in this process or another, writes the file.
    #[error("another sink writes `{path}` and holds the lock `{lock}`; share one sink as `&log`, or open another file")]
    LockHeld {
        /// The log.
        path: PathBuf,
        /// The file that is locked.
        lock: PathBuf,
    },
    /// The path leads to a directory, a device or a pipe.
    #[error("`{path}` is not a regular file; give the path of one, or write to a pipe or a device by `JsonLines::new`")]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// A line with an end is not a record.
    #[error("line {line} of `{path}`, at byte {byte}, is not a record{}: {}", of_id(*.id), Printable(why))]
    NotARecord {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: u64,
        /// The offset of the line, in bytes from the beginning of the file.
        byte: u64,
        /// The id of the record, if it can be found in the line.
        id: Option<Uuid>,
        /// The reason.
        why: String,
    },
    /// A line with an end, in the charts file of a log, is not a chart, or its text was changed.
    #[error("line {line} of `{path}`, at byte {byte}, is not a chart: {}", Printable(why))]
    NotAChart {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: u64,
        /// The offset of the line, in bytes from the beginning of the file.
        byte: u64,
        /// The reason.
        why: String,
    },
    /// The file has lines, and none of them is a record or a chart. Nothing is appended to it.
    #[error(
        "`{path}` is not a file of this log: none of its {lines} lines is a {wanted}; check the path ({})",
        Printable(why)
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The expected content of its lines: `record` or `chart`.
        wanted: &'static str,
        /// How many lines it has.
        lines: u64,
        /// The reason for the first unreadable line.
        why: String,
    },
    /// A line does not carry the digest of the line before it: one of them was changed, or lines between them are missing.
    #[error(
        "line {line} of `{path}`, at byte {byte}, breaks the chain: it carries {}, the line before it has {expected}",
        or_none(*.found)
    )]
    ChainBroken {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: u64,
        /// The offset of the line, in bytes from the beginning of the file.
        byte: u64,
        /// The digest of the line before it.
        expected: Digest,
        /// The digest that the line carries, if it carries one.
        found: Option<Digest>,
    },
    /// Finished files are missing, while one before them and one after them are there. Reading continues after them.
    #[error(
        "`{path}` is missing, the first of {count} between files of the log; put it back, or continue without its records"
    )]
    FileMissing {
        /// The first missing file. If files are rotated by day, its real name also has the day.
        path: PathBuf,
        /// How many files are missing in a row.
        count: u64,
    },
    /// A record holds a value that no reader could read back. Nothing is written.
    #[error("`{path}` refuses record {id}: {cause}")]
    Unrecordable {
        /// The log.
        path: PathBuf,
        /// The id of the record.
        id: Uuid,
        /// The field, and why its value is refused.
        cause: ValueError,
    },
    /// An operation of the operating system failed.
    #[error("cannot {operation} `{path}`: {cause}{}", .state.words())]
    Io {
        /// The operation.
        operation: Operation,
        /// The file or directory.
        path: PathBuf,
        /// The error of the operating system.
        cause: Arc<io::Error>,
        /// Whether the record may be in the file although it was refused.
        state: WriteState,
    },
    /// The path leads to no file, to another file than the one that was opened, or to one of a different length.
    #[error("`{path}` was moved, removed or changed by another program; put it back, or open the path again")]
    Replaced {
        /// The log.
        path: PathBuf,
    },
    /// A sync failed, and so did the rollback of its records.
    #[error("`{path}` accepts no records after a failed sync ({cause}); open it again, and look for the last ids")]
    Broken {
        /// The log.
        path: PathBuf,
        /// The error of that sync.
        cause: Arc<io::Error>,
    },
    /// An observer of the file commits to the same file: a deadlock.
    #[error("an observer of `{path}` cannot commit to it; commit from another thread, and do not wait for it")]
    FromObserver {
        /// The log.
        path: PathBuf,
    },
}

/// The operation that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Open or create a file.
    OpenFile,
    /// Take the advisory lock.
    Lock,
    /// Read a file, or list a directory.
    Read,
    /// Write to a file.
    Write,
    /// Make written bytes durable.
    Sync,
    /// Cut off a refused record or an incomplete line.
    Truncate,
    /// Rename a finished file.
    Rotate,
    /// Start the thread that writes.
    StartWriter,
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Operation::OpenFile => "open",
            Operation::Lock => "lock",
            Operation::Read => "read",
            Operation::Write => "write to",
            Operation::Sync => "sync",
            Operation::Truncate => "truncate",
            Operation::Rotate => "rotate",
            Operation::StartWriter => "start the thread that writes to",
        })
    }
}

/// Whether a refused record may be in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WriteState {
    /// It is not in the file.
    NotWritten,
    /// It may be in the file, because it could not be cut off. The sink cuts it off before it writes anything else, so a
    /// retry with the same record id does not write it twice. If the file was opened again before that, look for the id.
    Unknown,
}

impl WriteState {
    fn words(self) -> &'static str {
        match self {
            WriteState::NotWritten => "",
            WriteState::Unknown => "; the outcome is unknown, the record may be in the file",
        }
    }
}

fn of_id(id: Option<Uuid>) -> String {
    id.map(|id| format!(" (id {id})")).unwrap_or_default()
}

fn or_none(digest: Option<Digest>) -> String {
    digest.map_or_else(|| "no digest".to_owned(), |digest| digest.to_string())
}

impl FileError {
    pub(super) fn io(operation: Operation, path: &Path, cause: io::Error) -> Self {
        let (path, cause) = (path.to_owned(), Arc::new(cause));
        FileError::Io { operation, path, cause, state: WriteState::NotWritten }
    }

    /// The error for a line that could not be read.
    pub(super) fn not_a_record(path: &Path, line: u64, byte: u64, text: &[u8], why: String) -> Self {
        FileError::NotARecord { path: path.to_owned(), line, byte, id: find_id(text), why }
    }

    /// Returns the file that the error is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            FileError::LockHeld { path, .. }
            | FileError::NotAFile { path }
            | FileError::NotARecord { path, .. }
            | FileError::NotAChart { path, .. }
            | FileError::Foreign { path, .. }
            | FileError::ChainBroken { path, .. }
            | FileError::FileMissing { path, .. }
            | FileError::Io { path, .. }
            | FileError::Unrecordable { path, .. }
            | FileError::Replaced { path }
            | FileError::Broken { path, .. }
            | FileError::FromObserver { path } => path,
        }
    }

    /// Returns the kind of the cause, if there is one: `StorageFull` for a full disk, `InvalidData` for a record that cannot
    /// be read back and for a line that cannot be read.
    #[must_use]
    pub fn kind(&self) -> Option<io::ErrorKind> {
        match self {
            FileError::Io { cause, .. } | FileError::Broken { cause, .. } => Some(cause.kind()),
            FileError::Unrecordable { .. }
            | FileError::NotARecord { .. }
            | FileError::NotAChart { .. }
            | FileError::Foreign { .. }
            | FileError::ChainBroken { .. } => Some(io::ErrorKind::InvalidData),
            _ => None,
        }
    }

    /// Returns whether the record may be in the file although it was refused; see [`WriteState::Unknown`].
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, FileError::Io { state: WriteState::Unknown, .. })
    }

    pub(super) fn of_unknown_state(mut self) -> Self {
        if let FileError::Io { state, .. } = &mut self {
            *state = WriteState::Unknown;
        }
        self
    }
}

/// For code with one error type for all input and output. The kind is that of [`FileError::kind`], if there is one.
impl From<FileError> for io::Error {
    fn from(error: FileError) -> Self {
        io::Error::new(error.kind().unwrap_or(io::ErrorKind::Other), error)
    }
}
