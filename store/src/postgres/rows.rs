//! Rows of a query, which may be asked twice.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;

use super::failure::{Fate, fate};
use super::{Postgres, database};
use crate::Error;

impl Postgres {
    /// All rows. Where the connection turns out to be gone, they are asked for once more on one that answers.
    pub(crate) async fn rows<'q>(
        &self,
        what: &'static str,
        query: impl Fn() -> Query<'q, sqlx::Postgres, PgArguments>,
    ) -> Result<Vec<PgRow>, Error> {
        match query().fetch_all(&self.0.pool).await {
            Err(error) if fate(&error) == Fate::Lost => {}
            rows => return rows.map_err(database(what)),
        }
        let mut connection = self.living().await?;
        let rows = query().fetch_all(&mut *connection).await.map_err(database(what))?;
        connection.release();
        Ok(rows)
    }
}
