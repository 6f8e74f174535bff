//! Records as they are read, and where a subject is.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tollgate::chrono::{DateTime, Utc};
use tollgate::uuid::Uuid;
use tollgate::{Digest, Id};

use super::fault::database;
use super::key::Key;
use crate::registered::Known;
use crate::row::{Names, Read, Stored};
use crate::verdict::{Last, RowState};
use crate::{Error, name};

use super::Statements;

/// A record as `SELECT` gives it, in the order of [`record`]. `r` is the record, `e` its edge, `c` the edge's chart.
macro_rules! select {
    ($($rest:literal)*) => {
        concat!(
            "SELECT r.id, r.at, r.kind, r.subject_kind, r.subject, r.version, r.actor_kind, r.actor, r.actor_name, \
             r.on_behalf_of, r.reason, r.context, r.data, r.prev, r.digest, r.event, r.properties, r.refused_by, \
             r.refusal, c.name, c.fingerprint, e.transition, e.from_state, e.to_state \
             FROM tollgate_record r LEFT JOIN tollgate_edge e ON e.id = r.edge LEFT JOIN tollgate_chart c ON c.id = e.chart",
            $($rest),*
        )
    };
}

/// A row of `select!`.
fn record(row: &Row<'_>) -> rusqlite::Result<Read> {
    Ok(Read {
        id: Uuid::from_bytes(row.get(0)?),
        at: time(row, 1)?,
        kind: row.get(2)?,
        subject_kind: row.get(3)?,
        subject: row.get(4)?,
        version: row.get(5)?,
        actor_kind: row.get(6)?,
        actor: row.get(7)?,
        actor_name: row.get(8)?,
        on_behalf_of: row.get(9)?,
        reason: row.get(10)?,
        context: row.get(11)?,
        data: row.get(12)?,
        prev: digest(row, 13)?,
        digest: digest(row, 14)?,
        event: row.get(15)?,
        properties: row.get(16)?,
        refused_by: row.get(17)?,
        refusal: row.get(18)?,
        names: Names {
            machine: row.get(19)?,
            chart: digest(row, 20)?,
            transition: row.get(21)?,
            from: row.get(22)?,
            to: row.get(23)?,
        },
    })
}

fn time(row: &Row<'_>, index: usize) -> rusqlite::Result<DateTime<Utc>> {
    let text = row.get_ref(index)?.as_str()?;
    let failed = |error| rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(error));
    Ok(DateTime::parse_from_rfc3339(text).map_err(failed)?.to_utc())
}

fn digest(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Digest>> {
    Ok(row.get::<_, Option<[u8; 32]>>(index)?.map(Digest::new))
}

/// The record of this id.
pub(crate) fn outcome(connection: &Connection, record_id: Uuid) -> Result<Option<Stored>, Error> {
    let read = connection
        .prepare_cached(select!(" WHERE r.id = ?1"))
        .and_then(|mut statement| statement.query_row([&record_id.as_bytes()[..]], record).optional());
    read.map_err(|error| database(format!("reading record {record_id}"), error))?.map(Read::into_stored).transpose()
}

/// The last record of a subject.
fn history(connection: &Connection, machine: i32, subject: &str) -> Result<Option<Stored>, Error> {
    let last = connection
        .prepare_cached(select!(
            " WHERE r.machine = ?1 AND r.subject = ?2 AND r.version IS NOT NULL ORDER BY r.version DESC LIMIT 1"
        ))
        .and_then(|mut statement| statement.query_row(params![machine, subject], record).optional());
    last.map_err(|error| database(format!("reading the history of {subject}"), error))?
        .map(Read::into_stored)
        .transpose()
}

/// Where a subject is, by its history and by its row. The caller sees to it that both are of one moment.
pub(crate) fn last(connection: &Connection, known: &Known<Statements>, subject: &Id) -> Result<Last, Error> {
    let (registered, statements) = &**known;
    let stored = history(connection, registered.machine, &name::to_text(subject))?;
    let Some(look) = &statements.look else { return Ok(Last { stored, row: None }) };
    let key = Key::of(subject);
    let row = connection.prepare_cached(look.sql(&key)).and_then(|mut statement| {
        key.bind(&mut statement)?;
        let mut rows = statement.raw_query();
        rows.next()?.map(|row| Ok(RowState { state: row.get(0)?, version: row.get(1)? })).transpose()
    });
    let row = row.map_err(|error| database(format!("reading the row of {subject}"), error))?;
    Ok(Last { stored, row })
}

/// The same in a transaction of its own.
pub(crate) fn last_at_once(connection: &Connection, known: &Known<Statements>, subject: &Id) -> Result<Last, Error> {
    let failed = |error| database(format!("reading the history of {subject}"), error);
    let transaction = connection.unchecked_transaction().map_err(failed)?;
    let last = last(&transaction, known, subject)?;
    transaction.finish().map_err(failed)?;
    Ok(last)
}

/// The digest of a subject's record at this version.
pub(crate) fn head(
    connection: &Connection,
    machine: i32,
    subject: &str,
    version: u64,
) -> Result<Option<Digest>, Error> {
    const HEAD: &str = "SELECT digest FROM tollgate_record WHERE machine = ?1 AND subject = ?2 AND version = ?3";
    let Ok(version) = i64::try_from(version) else { return Ok(None) };
    let head = connection.prepare_cached(HEAD).and_then(|mut statement| {
        statement.query_row(params![machine, subject, version], |row| digest(row, 0)).optional()
    });
    Ok(head.map_err(|error| database(format!("reading the history of {subject}"), error))?.flatten())
}
