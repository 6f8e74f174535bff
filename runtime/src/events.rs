//! Events of a service over databases: who came and went, and what was done to tables and rows.
//!
//! Each is an event type like one of your own. Who did it, when and to which subject are said by the step
//! and the record, and are never among the properties.
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

/// Somebody signed in: the actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct Login;

/// Somebody signed out: the actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct Logout;

/// Somebody created a token, to act with by way of an API. The token itself is not recorded.
///
/// A token without restrictions allows what its creator may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct CreateToken {
    /// After how many seconds it expires; `null` for never.
    pub expires_after: Option<u64>,
    /// The actions that it allows everywhere, by name.
    pub restrict_all: Vec<String>,
    /// The actions that it allows in a database: by the database's name.
    pub restrict_database: BTreeMap<String, Vec<String>>,
    /// The actions that it allows on a resource, such as a table: by the database's name, then the resource's.
    pub restrict_resource: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// Somebody created a table.
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

/// Somebody dropped a table.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct DropTable {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
}

/// Somebody altered a table.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct AlterTable {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// The schema that it had, as SQL.
    pub before_schema: String,
    /// The schema that it has now, as SQL.
    pub after_schema: String,
}

/// Somebody renamed a table.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct RenameTable {
    /// The name of the database.
    pub database: String,
    /// The name that the table had.
    pub old_table: String,
    /// The name that it has now.
    pub new_table: String,
}

/// Somebody inserted rows.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct InsertRows {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// How many rows were given.
    pub num_rows: u64,
    /// Whether a row whose key was taken was passed over.
    pub ignore: bool,
    /// Whether a row whose key was taken replaced the one that had it.
    pub replace: bool,
}

/// Somebody inserted rows, or updated those whose keys were taken.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[event(crate = crate)]
pub struct UpsertRows {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// How many rows were given.
    pub num_rows: u64,
}

/// Somebody updated a row.
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

/// Somebody deleted a row.
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
