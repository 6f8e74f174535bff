//! Why a durable file could not be opened or read, or did not take a record.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;

use crate::record::{Digest, ValueError};

/// Why a [`JsonLinesFile`](super::JsonLinesFile) could not be opened or read, or refused a record.
///
/// Commits that were joined in one write share its error, and so its causes are shared too.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum FileError {
    /// Another sink, in this process or another, writes the file.
    #[error(
        "`{path}` is being written by another sink, which holds the lock `{lock}`; threads share one sink as `&log`, \
         another process waits until that one has ended or takes a file of its own"
    )]
    Locked {
        /// The log.
        path: PathBuf,
        /// The file that is locked.
        lock: PathBuf,
    },
    /// The path leads to a directory, a device or a pipe.
    #[error("`{path}` is not a regular file; give the path of one, or write to a pipe or a device by `JsonLines::new`")]
    NotAFile {
        /// What was to be opened.
        path: PathBuf,
    },
    /// A line with an end is not a record.
    #[error("line {line} of `{path}`, at byte {byte}, is not a record{}: {why}", of_id(*.id))]
    NotARecord {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: u64,
        /// Where the line begins, in bytes from the beginning of the file.
        byte: u64,
        /// The id of the record, if it can be found in the line.
        id: Option<Uuid>,
        /// The reason.
        why: String,
    },
    /// A line with an end, in the file of a log's charts, is not a chart, or is one whose text was changed.
    #[error("line {line} of `{path}`, at byte {byte}, is not a chart: {why}")]
    NotAChart {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: u64,
        /// Where the line begins, in bytes from the beginning of the file.
        byte: u64,
        /// The reason.
        why: String,
    },
    /// The file has lines, and none of them is what such a file holds. Nothing is appended to it.
    #[error("`{path}` is not a file of this log: none of its {lines} lines is a {wanted}; check the path ({why})")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What its lines should be: `record` or `chart`.
        wanted: &'static str,
        /// How many lines it has.
        lines: u64,
        /// What is wrong with the first line.
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
        /// Where the line begins, in bytes from the beginning of the file.
        byte: u64,
        /// The digest of the line before it.
        expected: Digest,
        /// The digest that the line carries, if it carries one.
        found: Option<Digest>,
    },
    /// Finished files that a reader came to are not there, though one before them and one after them is. The
    /// records that follow are read nevertheless.
    #[error(
        "`{path}` is missing, the first of {count} between the files of the log that are there; put what was removed \
         back, or read on without its records"
    )]
    Missing {
        /// The first that should be there. Where files are rotated by day, its name has the day as well.
        path: PathBuf,
        /// How many there should be before the next that is there.
        count: u64,
    },
    /// A record holds a value that no reader could read back. Nothing is written.
    #[error("`{path}` does not take record {id}: {cause}")]
    Unrecordable {
        /// The log.
        path: PathBuf,
        /// The id of the record.
        id: Uuid,
        /// The field, and why its value is refused.
        cause: ValueError,
    },
    /// The operating system refused.
    #[error("cannot {operation} `{path}`: {cause}{}", .outcome.words())]
    Io {
        /// What was being done.
        operation: Operation,
        /// To which file or directory.
        path: PathBuf,
        /// What the operating system said.
        cause: Arc<io::Error>,
        /// Whether the record may be in the file nevertheless.
        outcome: Outcome,
    },
    /// The path leads to another file than the one that was opened, to none, or to one of another length.
    #[error(
        "`{path}` is not the file that this sink has written: it was moved, removed, or changed by another program; \
         put it back, or open the path again"
    )]
    Replaced {
        /// The log.
        path: PathBuf,
    },
    /// A sync failed, and so did the attempt to undo what it was for.
    #[error("`{path}` takes no record since a sync of it failed ({cause}); open it again to see what it holds")]
    Broken {
        /// The log.
        path: PathBuf,
        /// What the operating system said then.
        cause: Arc<io::Error>,
    },
    /// An observer of the file commits to it, and would wait for itself.
    #[error(
        "an observer of `{path}` cannot commit to it while it is being told; let a thread do it that nobody here waits for"
    )]
    FromObserver {
        /// The log.
        path: PathBuf,
    },
}

/// What was being done to a file when the operating system refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// To open or create it.
    Open,
    /// To take the advisory lock.
    Lock,
    /// To read it, or to list a directory.
    Read,
    /// To write to it.
    Write,
    /// To make what was written durable.
    Sync,
    /// To cut off what was refused.
    Truncate,
    /// To give a full file its number.
    Rotate,
    /// To start the thread that writes for tasks.
    StartWriter,
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Operation::Open => "open",
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

/// Whether a refused record may be in the file nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is not there.
    NotWritten,
    /// It may be there: it could not be cut off again. The sink cuts it off before it writes anything else, so
    /// that a further try with the same record id does not write it twice. In a file that was opened again
    /// before that, the id tells.
    Unknown,
}

impl Outcome {
    fn words(self) -> &'static str {
        match self {
            Outcome::NotWritten => "",
            Outcome::Unknown => "; the outcome is unknown, the record may be in the file",
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
        FileError::Io { operation, path, cause, outcome: Outcome::NotWritten }
    }

    /// The file that it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            FileError::Locked { path, .. }
            | FileError::NotAFile { path }
            | FileError::NotARecord { path, .. }
            | FileError::NotAChart { path, .. }
            | FileError::Foreign { path, .. }
            | FileError::ChainBroken { path, .. }
            | FileError::Missing { path, .. }
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

    /// Whether the record may be in the file although it was refused; see [`Outcome::Unknown`].
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, FileError::Io { outcome: Outcome::Unknown, .. })
    }

    pub(super) fn of_unknown_outcome(mut self) -> Self {
        if let FileError::Io { outcome, .. } = &mut self {
            *outcome = Outcome::Unknown;
        }
        self
    }
}

/// For code that has one type of error for all its input and output. The kind is that of the cause, where there is one.
impl From<FileError> for io::Error {
    fn from(error: FileError) -> Self {
        io::Error::new(error.kind().unwrap_or(io::ErrorKind::Other), error)
    }
}
