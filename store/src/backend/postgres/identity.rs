//! The identity of the database: whether it is still the one in which a machine was registered.

use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::execute::{self, unnamed};

/// The name of the database, and the OID of its table of records.
pub(super) type Identity = (String, i64);

/// Returns the database and its table of records; `None` if there is no such table.
pub(super) async fn read(connection: &mut PgConnection, is_pooled: bool) -> Result<Option<Identity>, sqlx::Error> {
    let sql = "SELECT current_database()::text, to_regclass('tollgate_record')::oid::bigint";
    let rows = execute::rows(connection, sqlx::query(sql), is_pooled).await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let table: Option<i64> = row.try_get(1)?;
    Ok(Some(row.try_get(0)?).zip(table))
}

/// Returns a condition that is true only in this database in its present state.
///
/// It compares the OID of the table of records and the start time of the server. A restored database may give the ids of
/// machines and edges to others, so each statement that uses these ids has this condition. Restored files and a failover
/// need a server start; a restored dump has new tables. Both are cheap to compare in each statement: the OID is a
/// constant in the plan, and the server has its start time in memory. A check of each new connection would miss a dump
/// that is restored while the connection is open, and a pool does not show which of its connections are new.
pub(super) async fn condition(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    let condition = "SELECT format('(%L::regclass::oid = %s AND pg_postmaster_start_time() = %L::timestamptz)',
                         'tollgate_record', 'tollgate_record'::regclass::oid,
                         to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00')";
    unnamed(condition).fetch_one(connection).await?.try_get(0)
}

/// Whether the condition is true on this connection.
pub(super) async fn holds(
    connection: &mut PgConnection,
    condition: &str,
    is_pooled: bool,
) -> Result<bool, sqlx::Error> {
    let rows = execute::rows(connection, unnamed(AssertSqlSafe(format!("SELECT {condition}"))), is_pooled).await?;
    rows.first().ok_or(sqlx::Error::RowNotFound)?.try_get(0)
}
