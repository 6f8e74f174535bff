//! The errors of SQLite, with the operation that failed and the remedy.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::Error;

/// Returns the error of an operation.
pub(crate) fn database(what: impl Into<Cow<'static, str>>, error: rusqlite::Error) -> Error {
    Error::Database { what: what.into(), cause: Box::new(error) }
}

/// The same, with a hint if another program holds the lock, or the disk is full.
pub(crate) fn with_hint(what: &str, timeout: impl Into<Option<Duration>>, error: rusqlite::Error) -> Error {
    let is_stale = error.sqlite_error().is_some_and(|failure| failure.extended_code == ffi::SQLITE_BUSY_SNAPSHOT);
    let why = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy) if is_stale => {
            ", in a transaction that had read before another connection wrote; begin it `IMMEDIATE`".to_owned()
        }
        Some(ErrorCode::DatabaseBusy) => match timeout.into() {
            Some(timeout) => format!(", while another program has held the write lock for {timeout:?}"),
            None => ", while another connection holds the write lock".to_owned(),
        },
        Some(ErrorCode::DiskFull) => ", for which the disk has no room".to_owned(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
            ", for which the program needs the right to write to the file and to its folder".to_owned()
        }
        Some(ErrorCode::NotADatabase) => {
            ", which is not an SQLite database or is encrypted; name another file".to_owned()
        }
        _ => String::new(),
    };
    database(format!("{what}{why}"), error)
}

/// A file that cannot be opened.
pub(crate) fn opening(path: &Path, timeout: Duration, error: rusqlite::Error) -> Error {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    if let Some(directory) = directory.filter(|directory| !directory.is_dir()) {
        return database(
            format!("opening `{}`, whose directory `{}` does not exist", path.display(), directory.display()),
            error,
        );
    }
    with_hint(&format!("opening `{}`", path.display()), timeout, error)
}

/// Whether SQLite refused a statement by a constraint or a trigger.
pub(crate) fn is_refusal(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
}

/// Returns the error for a record that a trigger of the user ignored. SQLite reports no error of that.
pub(crate) fn ignored_by_trigger() -> rusqlite::Error {
    let code = ffi::Error::new(ffi::SQLITE_CONSTRAINT_TRIGGER);
    rusqlite::Error::SqliteFailure(code, Some("a trigger of yours on `tollgate_record` leaves it out".to_owned()))
}

/// Returns the message of a trigger or a constraint.
pub(crate) fn message(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(said)) => said.strip_prefix("tollgate: ").unwrap_or(said).to_owned(),
        other => other.to_string(),
    }
}

/// Whether a commit that failed with this error may have been written. The pages of a commit are in the log before it is
/// durable and visible: if a later step fails, they may be found there after a crash.
pub(crate) fn may_be_written(error: &rusqlite::Error) -> bool {
    let Some(failure) = error.sqlite_error() else { return true };
    let is_undone = matches!(
        failure.code,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull | ErrorCode::ConstraintViolation
    );
    !is_undone && failure.extended_code != ffi::SQLITE_IOERR_WRITE
}

/// Returns a copy of the error: one failure can be the outcome of many commits.
pub(crate) fn duplicate(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(failure, said) => rusqlite::Error::SqliteFailure(*failure, said.clone()),
        other => rusqlite::Error::ToSqlConversionFailure(other.to_string().into()),
    }
}
