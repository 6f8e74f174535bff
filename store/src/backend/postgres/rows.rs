//! Reads the rows of a query, and repeats the query if the connection was lost.

use std::sync::Arc;

use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;

use super::{Postgres, database, execute, is_lost};
use crate::Error;
use crate::backend::edges::EdgeTable;
use crate::backend::{Executor, READING};
use crate::row::sql_row::FromRow;
use crate::schema::sql::{Dialect, Statement, Value};

impl Executor for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn edges(&self) -> &EdgeTable {
        &self.0.catalog.edges
    }

    async fn fetch<T: FromRow>(&self, statement: Statement) -> Result<Vec<T>, Error> {
        let text: Arc<str> = statement.text.into();
        let query = || bind(sqlx::query(AssertSqlSafe(Arc::clone(&text))), &statement.values);
        self.rows(READING, query).await?.iter().map(T::from_row).collect()
    }
}

/// Binds the values to the query in their order.
pub(super) fn bind<'q>(
    query: Query<'q, sqlx::Postgres, PgArguments>,
    values: &'q [Value],
) -> Query<'q, sqlx::Postgres, PgArguments> {
    values.iter().fold(query, |query, value| match value {
        Value::Integer(value) => query.bind(value),
        Value::BigInt(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Id(value) => query.bind(value),
        Value::Time(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
    })
}

impl Postgres {
    /// Returns all rows. If the connection was lost, the query is sent once more on a connection that answers.
    pub(crate) async fn rows<'q>(
        &self,
        what: &'static str,
        query: impl Fn() -> Query<'q, sqlx::Postgres, PgArguments>,
    ) -> Result<Vec<PgRow>, Error> {
        let mut connection = self.connection().await?;
        let mut rows = execute::rows(&mut connection, query(), self.0.is_pooled).await;
        if rows.as_ref().is_err_and(is_lost) {
            drop(connection);
            connection = self.living().await?;
            rows = execute::rows(&mut connection, query(), self.0.is_pooled).await;
        }
        let rows = rows.map_err(database(what))?;
        connection.release();
        Ok(rows)
    }
}
