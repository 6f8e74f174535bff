//! The databases: SQLite and Postgres, and the parts that both need.
//!
//! [`Executor`] is what queries need of a database. A commit has no trait: its steps differ, and `Store` calls the same
//! functions on whichever database it has.

pub(crate) mod catalog;
pub(crate) mod edges;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
pub(crate) mod registration;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

use std::future::Future;

use self::edges::EdgeTable;
use crate::Error;
use crate::row::sql_row::FromRow;
use crate::schema::sql::{Dialect, Statement};

/// A database that answers statements.
pub(crate) trait Executor: Sync {
    fn dialect(&self) -> Dialect;
    /// The edges that this process has read.
    fn edges(&self) -> &EdgeTable;
    /// Returns the rows of the statement.
    fn fetch<T: FromRow>(&self, statement: Statement) -> impl Future<Output = Result<Vec<T>, Error>> + Send;
}

/// The operation that errors of [`Executor::fetch`] name.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) const READING: &str = "reading the history";
