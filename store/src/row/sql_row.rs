//! A row of either database, column by column. A column that cannot be read is an error, never a panic.

use std::fmt;

use tollgate::chrono::{DateTime, NaiveDate, Utc};
use tollgate::uuid::Uuid;

use crate::Error;

/// The columns of a row, by position. A time takes two of them: Postgres keeps its nanoseconds apart.
pub(crate) trait SqlRow {
    fn text(&self, at: usize) -> Result<Option<&str>, DecodeError>;
    fn bytes(&self, at: usize) -> Result<Option<&[u8]>, DecodeError>;
    fn integer(&self, at: usize) -> Result<Option<i32>, DecodeError>;
    fn bigint(&self, at: usize) -> Result<Option<i64>, DecodeError>;
    fn uuid(&self, at: usize) -> Result<Option<Uuid>, DecodeError>;
    fn time(&self, at: usize) -> Result<Option<DateTime<Utc>>, DecodeError>;
    fn day(&self, at: usize) -> Result<Option<NaiveDate>, DecodeError>;
}

/// A type that is read from one row.
pub(crate) trait FromRow: Sized + Send + 'static {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error>;
}

/// The reason why a column cannot be read, as the rest of a sentence that begins with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecodeError(pub(crate) String);

impl DecodeError {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    pub(crate) fn not_a_time(what: impl fmt::Display) -> Self {
        Self(format!("is not a time from year 0 to 9999 without a leap second: `{what}`"))
    }
}

impl From<DecodeError> for Error {
    fn from(misread: DecodeError) -> Self {
        Error::Database { what: "reading a row".into(), cause: format!("a column {}", misread.0).into() }
    }
}

/// The value of a column that is never null.
pub(crate) fn not_null<T>(cell: Option<T>) -> Result<T, DecodeError> {
    cell.ok_or_else(|| DecodeError::new("is null"))
}
