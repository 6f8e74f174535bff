//! Creates the schema of the store if it is missing, and refuses the schema of a later build.

use rusqlite::{Connection, OptionalExtension};

use super::address::Address;
use super::connect::Settings;
use super::{failure, protection};
use crate::Error;

/// The changes of the schema, in their order; the first makes it.
pub(super) const CHANGES: [&str; 1] = [include_str!("schema.sql")];

/// Brings the database up to date, and checks what protects it. If two programs do it at once, the second finds it done.
pub(crate) fn migrate(connection: &Connection, settings: &Settings) -> Result<(), Error> {
    let known = CHANGES.len().try_into().expect("there are few changes");
    let failed = |error| failed(settings, error);
    if checked(connection, settings, known)? != known || settings.restores {
        connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
        let migrated = checked(connection, settings, known).and_then(|found| {
            apply(connection, usize::try_from(found).unwrap_or_default()).map_err(failed)?;
            if settings.restores {
                protection::restore(connection).map_err(failed)?;
            }
            connection.execute_batch("COMMIT").map_err(failed)
        });
        if migrated.is_err() && !connection.is_autocommit() {
            // The first error matters, and a transaction that was not committed does not last.
            let _ = connection.execute_batch("ROLLBACK");
        }
        migrated?;
    }
    match protection::check(connection).map_err(failed)? {
        Some(unprotected) => Err(Error::Unprotected(Box::new(unprotected))),
        None => Ok(()),
    }
}

fn apply(connection: &Connection, found: usize) -> rusqlite::Result<()> {
    for (change, version) in CHANGES.iter().zip(1_i64..).skip(found) {
        connection.execute_batch(change)?;
        connection.execute("INSERT INTO tollgate_schema (version) VALUES (?1)", [version])?;
    }
    Ok(())
}

/// The schema of the database, 0 where it has none.
fn checked(connection: &Connection, settings: &Settings, known: i64) -> Result<i64, Error> {
    let found = found(connection).map_err(|error| failed(settings, error))?;
    if let Some(table) = foreign(connection, found).map_err(|error| failed(settings, error))? {
        return Err(Error::ForeignTable { table, place: "file" });
    }
    if found > known { Err(Error::SchemaTooNew { found, known }) } else { Ok(found) }
}

/// A table or view of another program under a name of ours. A table of versions that has no versions is one.
fn foreign(connection: &Connection, found: i64) -> rusqlite::Result<Option<String>> {
    const NAMES: &str = "SELECT name FROM sqlite_master WHERE ?1 = 0 AND lower(name) IN ('tollgate_schema', 'tollgate_machine', \
                         'tollgate_chart', 'tollgate_state', 'tollgate_edge', 'tollgate_record', 'tollgate_history', \
                         'tollgate_current') ORDER BY name LIMIT 1";
    connection.query_row(NAMES, [found], |row| row.get(0)).optional()
}

fn found(connection: &Connection) -> rusqlite::Result<i64> {
    const VERSIONS: &str = "SELECT 1 FROM pragma_table_info('tollgate_schema') WHERE name = 'version' AND pk = 1";
    let is_there = connection.query_row(VERSIONS, [], |_| Ok(())).optional()?;
    match is_there {
        Some(()) => connection.query_row("SELECT coalesce(max(version), 0) FROM tollgate_schema", [], |row| row.get(0)),
        None => Ok(0),
    }
}

fn failed(settings: &Settings, error: rusqlite::Error) -> Error {
    match &settings.address {
        Address::File(path) => failure::with_hint(
            &format!("making the tables of tollgate in `{}`", path.display()),
            settings.timeout,
            error,
        ),
        Address::Memory => failure::database("making the tables of tollgate", error),
    }
}
