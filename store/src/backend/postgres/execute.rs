//! Runs one statement on a connection, also through a pooler that assigns a connection for each transaction.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Connection as _, PgConnection};

/// Returns a statement without a name: it is used once, and does not stay prepared.
pub(super) fn unnamed<'q>(sql: impl sqlx::SqlSafeStr) -> Query<'q, sqlx::Postgres, PgArguments> {
    sqlx::query(sql).persistent(false)
}

/// Runs the statement, and returns its rows.
///
/// The driver sends a statement in two messages: it parses the statement, waits for the answer, and executes it. If no
/// transaction is open, a pooler may use another connection for the second message. The driver numbers the names of
/// statements for each of its connections, so the name may already exist on that connection. Therefore, if `is_pooled`, a
/// statement runs in a transaction and without a name.
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

/// Runs the statement, and returns the number of rows that it wrote.
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

/// Rolls the transaction back: otherwise its locks are held until the connection is used again.
async fn undone(transaction: sqlx::Transaction<'_, sqlx::Postgres>, error: sqlx::Error) -> sqlx::Error {
    // If the rollback fails, the connection is lost, and its next use fails.
    let _ = transaction.rollback().await;
    error
}
