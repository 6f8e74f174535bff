//! The fate of a statement, by the error that the driver returned for it.

use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::Error;

/// The fate of a statement that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The connection is gone, and with it the answer: it may have been done.
    Lost,
    /// It was undone in favour of another transaction, and may go through at the next try.
    Undone,
    /// Another transaction has written this version, or this very record.
    Taken,
    /// It was refused: nothing was done.
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
    // A server that ends a connection may have committed before it said so.
    if matches!(answer.severity(), PgSeverity::Fatal | PgSeverity::Panic) {
        return Fate::Lost;
    }
    match (answer.code(), answer.constraint()) {
        ("40001" | "40P01", _) => Fate::Undone,
        ("23505", Some("tollgate_record_pkey" | "tollgate_record_version")) => Fate::Taken,
        _ => Fate::Refused,
    }
}

/// The answer of the server; none if the connection was lost.
pub(super) fn answer(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// The table or function of the store that the server does not find.
fn gone(error: &sqlx::Error) -> Option<String> {
    let answer = answer(error).filter(|answer| matches!(answer.code(), "42P01" | "42883"))?;
    let message = answer.message();
    let name = &message[message.find("tollgate_")?..];
    let end = name.find(|char: char| !(char.is_ascii_lowercase() || char == '_')).unwrap_or(name.len());
    Some(name[..end].to_owned())
}

/// The error of a statement that is known to have done nothing.
pub(super) fn database(what: &'static str) -> impl Fn(sqlx::Error) -> Error {
    move |error| match gone(&error) {
        Some(name) => Error::TablesGone { name },
        None if matches!(error, sqlx::Error::PoolClosed) => Error::StoreClosed,
        None => Error::Database { what: what.into(), cause: Box::new(error) },
    }
}
