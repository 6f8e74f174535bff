//! One statement on a connection, also behind a pooler that lends its connections for one transaction each.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Connection as _, PgConnection};

/// A statement that is needed once, and gets no name: it does not stay prepared.
pub(super) fn unnamed<'q>(sql: impl sqlx::SqlSafeStr) -> Query<'q, sqlx::Postgres, PgArguments> {
    sqlx::query(sql).persistent(false)
}

/// Runs the statement, and returns its rows.
///
/// The driver sends a statement in two messages: it parses it, waits for the answer, and executes it. A pooler may use
/// another connection for the second message if no transaction is open; and the names of statements, which the driver counts
/// for each of its connections, are taken there. So a statement `is_pooled` in a transaction and without a name.
pub(super) async fn rows(
    connection: &mut PgConnection,
    query: Query<'_, sqlx::Postgres, PgArguments>,
    is_pooled: bool,
) -> Result<Vec<PgRow>, sqlx::Error> {
    if !is_pooled {
        return query.fetch_all(connection).await;
    }
    let query = query.persistent(false);
    if connection.is_in_transaction() {
        return query.fetch_all(connection).await;
    }
    let mut transaction = connection.begin().await?;
    match query.fetch_all(&mut *transaction).await {
        Ok(rows) => transaction.commit().await.map(|()| rows),
        Err(error) => Err(undone(transaction, error).await),
    }
}

/// Runs the statement, and returns how many rows it wrote.
pub(super) async fn count(
    connection: &mut PgConnection,
    query: Query<'_, sqlx::Postgres, PgArguments>,
    is_pooled: bool,
) -> Result<u64, sqlx::Error> {
    if !is_pooled {
        return query.execute(connection).await.map(|done| done.rows_affected());
    }
    let query = query.persistent(false);
    if connection.is_in_transaction() {
        return query.execute(connection).await.map(|done| done.rows_affected());
    }
    let mut transaction = connection.begin().await?;
    match query.execute(&mut *transaction).await {
        Ok(done) => transaction.commit().await.map(|()| done.rows_affected()),
        Err(error) => Err(undone(transaction, error).await),
    }
}

/// Rolls back at once: otherwise the locks are held until the connection is used again.
async fn undone(transaction: sqlx::Transaction<'_, sqlx::Postgres>, error: sqlx::Error) -> sqlx::Error {
    // If this fails the connection is lost, which the next use finds out.
    let _ = transaction.rollback().await;
    error
}
