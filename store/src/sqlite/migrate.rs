//! The schema of the store: made where it is missing, and refused where it is of a later build.

use rusqlite::{Connection, OptionalExtension};

use super::address::Place;
use super::connect::Settings;
use super::{fault, protection};
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
            // What matters is why, and a transaction that was not committed does not last.
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
    if found > known { Err(Error::SchemaTooNew { found, known }) } else { Ok(found) }
}

fn found(connection: &Connection) -> rusqlite::Result<i64> {
    let is_there = connection
        .query_row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'tollgate_schema'", [], |_| Ok(()))
        .optional()?;
    match is_there {
        Some(()) => connection.query_row("SELECT coalesce(max(version), 0) FROM tollgate_schema", [], |row| row.get(0)),
        None => Ok(0),
    }
}

fn failed(settings: &Settings, error: rusqlite::Error) -> Error {
    match &settings.place {
        Place::File(path) => {
            fault::waiting(&format!("making the tables of tollgate in `{}`", path.display()), settings.patience, error)
        }
        Place::Memory => fault::database("making the tables of tollgate", error),
    }
}
