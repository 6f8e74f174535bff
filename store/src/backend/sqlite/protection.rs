//! The check of the triggers and indexes that protect the tables, and their restoration.

use std::collections::HashMap;

use rusqlite::Connection;

use super::migrate::CHANGES;
use crate::error::Unprotected;

/// The triggers and indexes with the statement that makes each. The automatic indexes of a table have none.
const OBJECTS: &str = "SELECT type, name, tbl_name, sql FROM sqlite_master
    WHERE type IN ('trigger', 'index') AND sql IS NOT NULL AND name LIKE 'tollgate\\_%' ESCAPE '\\' ORDER BY rowid";

/// A trigger or an index.
struct Object {
    of_type: String,
    name: String,
    table: String,
    sql: String,
}

/// Returns what is missing or was changed; nothing if all is as this build makes it.
pub(crate) fn check(connection: &Connection) -> rusqlite::Result<Option<Unprotected>> {
    let found: HashMap<String, String> =
        objects(connection)?.into_iter().map(|object| (object.name, object.sql)).collect();
    let fault = |Object { of_type, name, table, sql }: Object| match found.get(&name) {
        None => Some(format!("the {of_type} `{name}` of `{table}` is missing")),
        Some(found) if *found != sql => Some(format!("the {of_type} `{name}` of `{table}` was changed")),
        Some(_) => None,
    };
    let faults: Vec<String> = expected()?.into_iter().filter_map(fault).collect();
    Ok((!faults.is_empty()).then_some(Unprotected { faults }))
}

/// Makes all of them again. In a transaction that writes.
pub(crate) fn restore(connection: &Connection) -> rusqlite::Result<()> {
    for Object { of_type, name, sql, .. } in expected()? {
        connection.execute_batch(&format!("DROP {of_type} IF EXISTS {name}; {sql}"))?;
    }
    Ok(())
}

/// Those of a new database, which is made in memory: SQLite keeps the statements as it was given them.
fn expected() -> rusqlite::Result<Vec<Object>> {
    let new = Connection::open_in_memory()?;
    for change in CHANGES {
        new.execute_batch(change)?;
    }
    objects(&new)
}

fn objects(connection: &Connection) -> rusqlite::Result<Vec<Object>> {
    let mut objects = connection.prepare(OBJECTS)?;
    let objects = objects.query_map([], |row| {
        Ok(Object { of_type: row.get(0)?, name: row.get(1)?, table: row.get(2)?, sql: row.get(3)? })
    })?;
    objects.collect()
}
