//! The databases: SQLite and Postgres, and the parts that both need.
//!
//! [`Executor`] has the operations that queries need. Commits do not have a trait: their steps differ, and `Store` calls the
//! same functions on each database.

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

/// A database that runs statements.
pub(crate) trait Executor: Sync {
    fn dialect(&self) -> Dialect;
    /// Returns the edges that this process has read.
    fn edges(&self) -> &EdgeTable;
    /// Returns the rows of the statement.
    fn fetch<T: FromRow>(&self, statement: Statement) -> impl Future<Output = Result<Vec<T>, Error>> + Send;
}

/// The name of the operation in errors of [`Executor::fetch`].
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) const READING: &str = "reading the history";
