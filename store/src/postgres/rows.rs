//! The rows of a query, which is sent again if the connection was lost.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;

use super::{Postgres, database, execute, is_lost};
use crate::Error;

impl Postgres {
    /// Returns all rows. If the connection was lost, the query is sent once more on one that answers.
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
