//! Raw SQL in a transaction of either driver.

use std::future::{Future, ready};

use sqlx::AssertSqlSafe;

use crate::Tested;

/// A transaction in which a test runs its own SQL.
pub trait Raw {
    /// Runs statements that return no rows.
    fn run(&mut self, sql: &str) -> impl Future<Output = Tested>;
}

impl Raw for rusqlite::Transaction<'_> {
    fn run(&mut self, sql: &str) -> impl Future<Output = Tested> {
        ready(self.execute_batch(sql).map_err(Into::into))
    }
}

impl Raw for sqlx::Transaction<'_, sqlx::Postgres> {
    async fn run(&mut self, sql: &str) -> Tested {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **self).await?;
        Ok(())
    }
}
