//! The schema: one program at a time creates it if it is missing.

use sqlx::{Connection as _, PgConnection, Row as _};

use super::database;
use super::execute::unnamed;
use super::protection::{self, PROTECTION};
use crate::Error;

/// The latest schema that this build supports.
const KNOWN: i32 = 1;
const SCHEMA: &str = include_str!("schema.sql");
/// The lock of all stores in this database: its holder creates tables and registers charts.
pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(8388359021411229)";
/// Overrides the default isolation level: a session that waited for the lock must see the changes of its last holder.
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// Brings the schema up to date, and checks its protection. If both are correct, nothing is written.
pub(super) async fn migrate(connection: &mut PgConnection, restores: bool) -> Result<(), Error> {
    let failed = database("making the tables of tollgate");
    // In a transaction, without a name: see [`execute`](super::execute).
    let mut reading = connection.begin().await.map_err(&failed)?;
    let is_made = is_current(&mut reading).await?;
    reading.commit().await.map_err(&failed)?;
    if restores || !is_made {
        let mut transaction = connection.begin_with(BEGIN).await.map_err(&failed)?;
        unnamed(LOCK).execute(&mut *transaction).await.map_err(&failed)?;
        if !is_current(&mut transaction).await? {
            make(&mut transaction).await?;
        } else if restores {
            keep_to_schema(&mut transaction, "tollgate_record").await?;
            sqlx::raw_sql(PROTECTION).execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(&failed)?;
    }
    let mut reading = connection.begin().await.map_err(&failed)?;
    protection::check(&mut reading).await?;
    reading.commit().await.map_err(&failed)
}

/// Creates all tables in the first schema of the search path.
async fn make(connection: &mut PgConnection) -> Result<(), Error> {
    let failed = database("making the tables of tollgate");
    let path = "SELECT current_setting('search_path') WHERE current_schema() IS NULL";
    if let Some(row) = unnamed(path).fetch_optional(&mut *connection).await.map_err(&failed)? {
        return Err(Error::NoSchema { path: row.try_get(0).map_err(failed)? });
    }
    keep_to_schema(connection, "").await?;
    refuse_foreign(connection, FOREIGN_BEFORE).await?;
    sqlx::raw_sql(SCHEMA).execute(&mut *connection).await.map_err(&failed)?;
    sqlx::raw_sql(PROTECTION).execute(&mut *connection).await.map_err(&failed)?;
    let version = unnamed("INSERT INTO tollgate_schema (version) VALUES ($1)").bind(KNOWN);
    version.execute(connection).await.map(drop).map_err(failed)
}

/// Sets the search path until the end of the transaction: to the schema of this table, or to the first schema of the path if
/// `table` is empty. Functions store it. The name of the schema is a value, never a part of a statement.
async fn keep_to_schema(connection: &mut PgConnection, table: &str) -> Result<(), Error> {
    let path = "SELECT set_config('search_path', quote_ident(coalesce(
        (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)),
        current_schema())) || ', pg_temp', true)";
    let table = Some(table).filter(|table| !table.is_empty());
    unnamed(path).bind(table).execute(connection).await.map(drop).map_err(database("making the tables of tollgate"))
}

/// Selects a table with a name of the store, before the store creates its tables.
const FOREIGN_BEFORE: &str = "SELECT format('%s.%s', n.nspname, c.relname) FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relname = ANY ($1)
    ORDER BY 1 LIMIT 1";
/// Selects a visible table with a name of the store that is in another schema than the table of versions, or lacks a column
/// of the store.
const FOREIGN_BEHIND: &str = "SELECT format('%s.%s', n.nspname, c.relname) FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = ANY ($1) AND pg_table_is_visible(c.oid) AND (
        c.relnamespace <> (SELECT s.relnamespace FROM pg_class s
                           WHERE s.relname = 'tollgate_schema' AND pg_table_is_visible(s.oid))
        OR NOT EXISTS (SELECT FROM pg_attribute a
                       WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname::text || a.atttypid::regtype::text = CASE c.relname
                           WHEN 'tollgate_schema' THEN 'versioninteger' WHEN 'tollgate_state' THEN 'chartinteger'
                           WHEN 'tollgate_record' THEN 'iduuid' WHEN 'tollgate_history' THEN 'iduuid'
                            WHEN 'tollgate_current' THEN 'iduuid' ELSE 'idinteger' END))
    ORDER BY 1 LIMIT 1";
const OURS: [&str; 8] = [
    "tollgate_schema",
    "tollgate_machine",
    "tollgate_chart",
    "tollgate_state",
    "tollgate_edge",
    "tollgate_record",
    "tollgate_history",
    "tollgate_current",
];

async fn refuse_foreign(connection: &mut PgConnection, foreign: &'static str) -> Result<(), Error> {
    let failed = database("looking for the tables of tollgate");
    match unnamed(foreign).bind(&OURS[..]).fetch_optional(connection).await.map_err(&failed)? {
        Some(row) => Err(Error::ForeignTable { table: row.try_get(0).map_err(failed)?, place: "schema" }),
        None => Ok(()),
    }
}

async fn is_current(connection: &mut PgConnection) -> Result<bool, Error> {
    let failed = database("looking for the tables of tollgate");
    // Not by `to_regclass`: a backend caches the absence of a table, even while it waits for the lock.
    let there = "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'tollgate_schema' AND pg_table_is_visible(oid))";
    let there = unnamed(there);
    if !there.fetch_one(&mut *connection).await.and_then(|row| row.try_get::<bool, _>(0)).map_err(&failed)? {
        return Ok(false);
    }
    refuse_foreign(connection, FOREIGN_BEHIND).await?;
    let version = unnamed("SELECT coalesce(max(version), 0) FROM tollgate_schema").fetch_one(connection).await;
    let found: i32 = version.and_then(|row| row.try_get(0)).map_err(failed)?;
    if found > KNOWN {
        return Err(Error::SchemaTooNew { found: found.into(), known: KNOWN.into() });
    }
    Ok(found == KNOWN)
}
