//! The bare query: the same columns with the same driver, into a plain struct.

#![allow(dead_code, reason = "a plain struct is for whoever reads it, and here nobody does")]

use std::hint::black_box;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use rusqlite::Connection;
use sqlx::postgres::PgRow;
use sqlx::{Connection as _, PgConnection, Row as _};
use uuid::Uuid;

use crate::Result;
use crate::history::{Pick, whole};
use crate::load::{AsyncClient, Client};
use crate::postgres::Database;

macro_rules! columns {
    ($nanos:literal, $rest:literal) => {
        concat!(
            "SELECT id, at, ",
            $nanos,
            ", kind, subject_kind, subject, edge, version, actor_kind, actor, actor_name, ",
            "on_behalf_of, reason, context, data, prev, event, properties, refused_by, refusal FROM tollgate_record ",
            $rest
        )
    };
}

const HISTORY: &str =
    columns!("at_nanos", "WHERE machine = $1 AND subject = $2 AND version IS NOT NULL ORDER BY version");
const HISTORY_ON_SQLITE: &str =
    columns!("0", "WHERE machine = ?1 AND subject = ?2 AND version IS NOT NULL ORDER BY version");
const ALL: &str = columns!("at_nanos", "ORDER BY id");
const ALL_ON_SQLITE: &str = columns!("0", "ORDER BY id");

/// A row as a program would declare it that needs only these columns.
struct Plain<Id, Time> {
    id: Id,
    at: Time,
    at_nanos: i16,
    kind: String,
    subject_kind: Option<String>,
    subject: Option<String>,
    edge: Option<i32>,
    version: Option<i64>,
    actor_kind: Option<String>,
    actor: Option<String>,
    actor_name: Option<String>,
    on_behalf_of: Option<String>,
    reason: Option<String>,
    context: Option<String>,
    data: Option<String>,
    prev: Option<Vec<u8>>,
    event: Option<String>,
    properties: Option<String>,
    refused_by: Option<String>,
    refusal: Option<String>,
}

/// Both drivers' rows are read cell by cell.
macro_rules! plain {
    ($row:ident, $cell:ident) => {
        Ok(Plain {
            id: $row.$cell(0_usize)?,
            at: $row.$cell(1_usize)?,
            at_nanos: $row.$cell(2_usize)?,
            kind: $row.$cell(3_usize)?,
            subject_kind: $row.$cell(4_usize)?,
            subject: $row.$cell(5_usize)?,
            edge: $row.$cell(6_usize)?,
            version: $row.$cell(7_usize)?,
            actor_kind: $row.$cell(8_usize)?,
            actor: $row.$cell(9_usize)?,
            actor_name: $row.$cell(10_usize)?,
            on_behalf_of: $row.$cell(11_usize)?,
            reason: $row.$cell(12_usize)?,
            context: $row.$cell(13_usize)?,
            data: $row.$cell(14_usize)?,
            prev: $row.$cell(15_usize)?,
            event: $row.$cell(16_usize)?,
            properties: $row.$cell(17_usize)?,
            refused_by: $row.$cell(18_usize)?,
            refusal: $row.$cell(19_usize)?,
        })
    };
}

// JSON is returned as text, unchecked.
fn on_postgres(row: &PgRow) -> sqlx::Result<Plain<Uuid, DateTime<Utc>>> {
    plain!(row, try_get_unchecked)
}

fn on_sqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<Plain<[u8; 16], String>> {
    plain!(row, get)
}

/// A client that queries one history after the other over its own connection.
pub(crate) struct OnPostgres {
    connection: PgConnection,
    machine: i32,
    pick: Pick,
}

impl OnPostgres {
    pub(crate) fn new(database: &Database, pick: Pick) -> Result<Self> {
        let connection = database.runtime.block_on(PgConnection::connect(&database.url))?;
        Ok(Self { connection, machine: database.machine, pick })
    }
}

impl AsyncClient for OnPostgres {
    async fn work(&mut self) -> Result<u64> {
        let query = sqlx::query(HISTORY).bind(self.machine).bind(self.pick.next().to_string());
        let rows = query.fetch_all(&mut self.connection).await?;
        let history = rows.iter().map(on_postgres).collect::<sqlx::Result<Vec<_>>>()?;
        whole(black_box(history).len())?;
        Ok(1)
    }
}

/// The same in its own thread.
pub(crate) struct OnSqlite {
    connection: Connection,
    machine: i32,
    pick: Pick,
}

impl OnSqlite {
    pub(crate) fn new(connection: Connection, machine: i32, pick: Pick) -> Self {
        Self { connection, machine, pick }
    }
}

impl Client for OnSqlite {
    fn work(&mut self) -> Result<()> {
        let mut query = self.connection.prepare_cached(HISTORY_ON_SQLITE)?;
        let rows = query.query_map((self.machine, self.pick.next().to_string()), on_sqlite)?;
        let history = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        whole(black_box(history).len())
    }
}

/// Reads all records one by one, and counts them.
pub(crate) async fn all_on_postgres(url: &str) -> Result<u64> {
    let mut connection = PgConnection::connect(url).await?;
    let mut rows = sqlx::query(ALL).fetch(&mut connection);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        black_box(on_postgres(&row)?);
        count += 1;
    }
    Ok(count)
}

/// The same on SQLite.
pub(crate) fn all_on_sqlite(path: &str) -> Result<u64> {
    let connection = Connection::open(path)?;
    let mut query = connection.prepare(ALL_ON_SQLITE)?;
    let mut count = 0;
    for row in query.query_map([], on_sqlite)? {
        black_box(row?);
        count += 1;
    }
    Ok(count)
}
