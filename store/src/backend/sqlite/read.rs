//! Reads records, and the state of a subject.

use std::sync::LazyLock;

use rusqlite::{Connection, Params, params};
use tollgate::uuid::Uuid;
use tollgate::{Digest, Id};

use super::failure::database;
use super::id_value::IdValue;
use super::{Statements, register};
use crate::Error;
use crate::backend::catalog::Known;
use crate::commit::diagnosis::SubjectState;
use crate::row::Stored;
use crate::row::decode::{self, Decoded};
use crate::row::id_text;
use crate::row::sql_row::{SqlRow as _, not_null};

/// The text of a query for the records that fulfil this condition, with the names of their edges.
fn select(condition: &str) -> String {
    format!(
        "SELECT {} FROM tollgate_record r LEFT JOIN tollgate_edge e ON e.id = r.edge \
         LEFT JOIN tollgate_chart c ON c.id = e.chart WHERE {condition}",
        decode::stored_columns("0")
    )
}

static BY_ID: LazyLock<String> = LazyLock::new(|| select("r.id = ?1"));
static LAST: LazyLock<String> = LazyLock::new(|| {
    select("r.machine = ?1 AND r.subject = ?2 AND r.version IS NOT NULL ORDER BY r.version DESC LIMIT 1")
});

/// The only record of a query, if it has one. `what` names the query if the database fails.
fn one(connection: &Connection, sql: &str, values: impl Params, what: &str) -> Result<Option<Stored>, Error> {
    let failed = |error| database(what.to_owned(), error);
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query(values).map_err(failed)?;
    rows.next().map_err(failed)?.map(decode::stored).transpose()
}

/// The record of this id.
pub(crate) fn outcome(connection: &Connection, record_id: Uuid) -> Result<Option<Stored>, Error> {
    one(connection, &BY_ID, [&record_id.as_bytes()[..]], &format!("reading record {record_id}"))
}

/// The last record of a subject.
fn history(connection: &Connection, machine: i32, subject: &str) -> Result<Option<Stored>, Error> {
    one(connection, &LAST, params![machine, subject], &format!("reading the history of {subject}"))
}

/// Returns the state of a subject by its history and by its row. The caller makes sure that both are read at one moment.
pub(crate) fn last(connection: &Connection, known: &Known<Statements>, subject: &Id) -> Result<SubjectState, Error> {
    let (registered, statements) = &**known;
    let stored = history(connection, registered.machine, &id_text::to_text(subject))?;
    let Some(look) = &statements.look else { return Ok(SubjectState { stored, row: None }) };
    let key = IdValue::of(subject);
    let failed = |error| database(format!("reading the row of {subject}"), error);
    let mut statement = connection.prepare_cached(look.sql(&key)).map_err(failed)?;
    key.bind(&mut statement).map_err(failed)?;
    let mut rows = statement.raw_query();
    let row = rows.next().map_err(failed)?.map(|row| decode::row_state(row, 0)).transpose()?;
    Ok(SubjectState { stored, row })
}

/// The same in a separate transaction. None if the number of the machine has changed.
pub(crate) fn last_at_once(
    connection: &Connection,
    known: &Known<Statements>,
    subject: &Id,
) -> Result<Option<SubjectState>, Error> {
    let failed = |error| database(format!("reading the history of {subject}"), error);
    let transaction = connection.unchecked_transaction().map_err(failed)?;
    let is_machine = register::is_machine(&transaction, &known.0)?;
    let last = is_machine.then(|| last(&transaction, known, subject)).transpose()?;
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
    const HEAD: &str = "SELECT digest, id FROM tollgate_record WHERE machine = ?1 AND subject = ?2 AND version = ?3";
    let Ok(version) = i64::try_from(version) else { return Ok(None) };
    let failed = |error| database(format!("reading the history of {subject}"), error);
    let mut statement = connection.prepare_cached(HEAD).map_err(failed)?;
    let mut rows = statement.query(params![machine, subject, version]).map_err(failed)?;
    let Some(row) = rows.next().map_err(failed)? else { return Ok(None) };
    let id = not_null(row.uuid(1)?)?;
    let digest = decode::digest(row, 0).map_err(|why| decode::named("digest", why));
    digest.map_err(|why| Decoded::unreadable(id, Some(version), why).into())
}
