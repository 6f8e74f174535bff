//! Common events of a service over databases: logins, tokens, tables and rows.
//!
//! They are event types like your own. The actor, the time and the subject belong to the record, and are not among the
//! properties.
//!
//! ```
//! use tollgate::events::InsertRows;
//! use tollgate::{Event, Record};
//!
//! let mut log: Vec<Record> = Vec::new();
//! let event =
//!     InsertRows { database: "town".into(), table: "trees".into(), num_rows: 3, ignore: false, replace: true };
//! event.occurred().by("ann").commit(&mut log)?;
//! assert_eq!(log[0].event.as_deref(), Some("insert-rows"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Event, Id};

/// The actor signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct Login;

/// The actor signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct Logout;

/// A token for an API was created. The token itself is not recorded.
///
/// A token without restrictions allows everything that its creator may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct CreateToken {
    /// The lifetime in seconds; `null` if the token never expires.
    pub expires_after: Option<u64>,
    /// The actions that it allows everywhere, by name.
    pub restrict_all: Vec<String>,
    /// The actions that it allows in a database: by the database's name.
    pub restrict_database: BTreeMap<String, Vec<String>>,
    /// The actions that it allows on a resource, such as a table: by the database's name, then the resource's.
    pub restrict_resource: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// A table was created.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct CreateTable {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// The table's schema, as SQL.
    pub schema: String,
}

/// A table was dropped.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct DropTable {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
}

/// A table was altered.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct AlterTable {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// The schema before the change, as SQL.
    pub before_schema: String,
    /// The schema after the change, as SQL.
    pub after_schema: String,
}

/// A table was renamed.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct RenameTable {
    /// The name of the database.
    pub database: String,
    /// The name before the change.
    pub old_table: String,
    /// The name after the change.
    pub new_table: String,
}

/// Rows were inserted.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct InsertRows {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// The number of rows in the request.
    pub num_rows: u64,
    /// Whether a row was skipped if its key existed.
    pub ignore: bool,
    /// Whether a row replaced the one with the same key.
    pub replace: bool,
}

/// Rows were inserted, or updated if their keys existed.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct UpsertRows {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// The number of rows in the request.
    pub num_rows: u64,
}

/// A row was updated.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct UpdateRow {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// The row's primary key: a value for each column of the key, in the order of these columns.
    pub pks: Vec<Id>,
}

/// A row was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct DeleteRow {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// The primary key that the row had: a value for each column of the key, in the order of these columns.
    pub pks: Vec<Id>,
}
