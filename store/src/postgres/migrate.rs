//! The schema: made where it is missing, and never by two at once.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use super::database;
use super::once::unnamed;
use crate::Error;

/// The latest schema that this build knows.
const KNOWN: i32 = 1;
const SCHEMA: &str = include_str!("schema.sql");
/// Seen by all who open a store in this database: whoever has it alone makes tables, and registers charts.
pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(8388359021411229)";
/// Whatever the user's default is: who waited for the lock must see what was done under it.
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// Brings the schema up to date. Where it is, nothing is written.
pub(super) async fn migrate(connection: &mut PgConnection) -> Result<(), Error> {
    let failed = database("making the tables of tollgate");
    // In a transaction, without a name: see [`once`](super::once).
    let mut reading = connection.begin().await.map_err(&failed)?;
    let is_made = is_current(&mut reading).await?;
    reading.commit().await.map_err(&failed)?;
    if is_made {
        return Ok(());
    }
    let mut transaction = connection.begin_with(BEGIN).await.map_err(&failed)?;
    unnamed(LOCK).execute(&mut *transaction).await.map_err(&failed)?;
    if !is_current(&mut transaction).await? {
        let schema = unnamed("SELECT quote_ident(current_schema())").fetch_one(&mut *transaction).await;
        let schema: String = schema.and_then(|row| row.try_get(0)).map_err(&failed)?;
        let tables = AssertSqlSafe(SCHEMA.replace("@extschema@", &schema));
        sqlx::raw_sql(tables).execute(&mut *transaction).await.map_err(&failed)?;
        let version = unnamed("INSERT INTO tollgate_schema (version) VALUES ($1)").bind(KNOWN);
        version.execute(&mut *transaction).await.map_err(&failed)?;
    }
    transaction.commit().await.map_err(failed)
}

async fn is_current(connection: &mut PgConnection) -> Result<bool, Error> {
    let failed = database("looking for the tables of tollgate");
    // Not by `to_regclass`: a backend remembers that there was no such table, beyond the wait for the lock.
    let there = "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'tollgate_schema' AND pg_table_is_visible(oid))";
    let there = unnamed(there);
    if !there.fetch_one(&mut *connection).await.and_then(|row| row.try_get::<bool, _>(0)).map_err(&failed)? {
        return Ok(false);
    }
    let version = unnamed("SELECT coalesce(max(version), 0) FROM tollgate_schema").fetch_one(connection).await;
    let found: i32 = version.and_then(|row| row.try_get(0)).map_err(failed)?;
    if found > KNOWN {
        return Err(Error::SchemaTooNew { found: found.into(), known: KNOWN.into() });
    }
    Ok(found == KNOWN)
}
