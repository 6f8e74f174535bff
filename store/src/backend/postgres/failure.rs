//! The outcome of a failed statement, according to the error of the driver.

use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::Error;

/// The outcome of a failed statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The connection was lost before the answer: the statement may have been executed.
    Lost,
    /// It was rolled back in favour of another transaction, and may succeed at the next try.
    Undone,
    /// Another transaction has written this version, or the same record.
    Taken,
    /// It was refused: nothing was written.
    Refused,
}

pub(super) fn fate(error: &sqlx::Error) -> Fate {
    let Some(answer) = answer(error) else {
        return match error {
            // Nothing was sent.
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Encode(_) => Fate::Refused,
            _ => Fate::Lost,
        };
    };
    // A server that ends a connection may have committed before.
    if matches!(answer.severity(), PgSeverity::Fatal | PgSeverity::Panic) {
        return Fate::Lost;
    }
    match (answer.code(), answer.constraint()) {
        ("40001" | "40P01", _) => Fate::Undone,
        ("23505", Some("tollgate_record_pkey" | "tollgate_record_version")) => Fate::Taken,
        _ => Fate::Refused,
    }
}

/// Returns the answer of the server; `None` if the connection was lost.
pub(super) fn answer(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// Returns the table or function of the store that the server does not find.
fn gone(error: &sqlx::Error) -> Option<String> {
    let answer = answer(error).filter(|answer| matches!(answer.code(), "42P01" | "42883"))?;
    let message = answer.message();
    let name = &message[message.find("tollgate_")?..];
    let end = name.find(|char: char| !(char.is_ascii_lowercase() || char == '_')).unwrap_or(name.len());
    Some(name[..end].to_owned())
}

/// Returns the error of a statement that has written nothing.
pub(super) fn database(what: &'static str) -> impl Fn(sqlx::Error) -> Error {
    move |error| match gone(&error) {
        Some(name) => Error::TablesGone { name },
        None if matches!(error, sqlx::Error::PoolClosed) => Error::StoreClosed,
        None => Error::Database { what: what.into(), cause: Box::new(error) },
    }
}
