//! Records and rows, read.

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use tollgate::chrono::{DateTime, TimeDelta, Utc};
use tollgate::uuid::Uuid;
use tollgate::{Digest, Id};

use super::statements::{Key, Statements};
use super::{database, write};
use crate::registered::Registered;
use crate::row::{Names, Read, Stored};
use crate::verdict::{Last, RowState};
use crate::{Error, name};

/// A record with its names: of `tollgate_record r`, `tollgate_edge e` and `tollgate_chart c`.
pub(crate) const COLUMNS: &str = "r.id, r.at, r.at_nanos, r.kind, r.subject_kind, r.subject, r.version, r.actor_kind, \
    r.actor, r.actor_name, r.on_behalf_of::text, r.reason, r.context::text, r.data::text, r.prev, r.digest, r.event, \
    r.properties::text, r.refused_by, r.refusal, c.name, c.fingerprint, e.transition, e.from_state, e.to_state";
/// How many they are.
const COUNT: usize = 25;

/// The record in the first [`COLUMNS`] of a row.
pub(crate) fn stored(row: &PgRow) -> Result<Stored, Error> {
    let id: Uuid = row.try_get(0).map_err(database("reading a record"))?;
    read(row, id).map_err(|error| Error::Unreadable { id, why: error.to_string() })?.into_stored()
}

fn read(row: &PgRow, id: Uuid) -> Result<Read, sqlx::Error> {
    let at: DateTime<Utc> = row.try_get(1)?;
    let nanos: i16 = row.try_get(2)?;
    Ok(Read {
        id,
        at: at + TimeDelta::nanoseconds(nanos.into()),
        kind: row.try_get(3)?,
        subject_kind: row.try_get(4)?,
        subject: row.try_get(5)?,
        version: row.try_get(6)?,
        actor_kind: row.try_get(7)?,
        actor: row.try_get(8)?,
        actor_name: row.try_get(9)?,
        on_behalf_of: row.try_get(10)?,
        reason: row.try_get(11)?,
        context: row.try_get(12)?,
        data: row.try_get(13)?,
        prev: digest(row, 14)?,
        digest: digest(row, 15)?,
        event: row.try_get(16)?,
        properties: row.try_get(17)?,
        refused_by: row.try_get(18)?,
        refusal: row.try_get(19)?,
        names: Names {
            machine: row.try_get(20)?,
            chart: digest(row, 21)?,
            transition: row.try_get(22)?,
            from: row.try_get(23)?,
            to: row.try_get(24)?,
        },
    })
}

pub(super) fn digest(row: &PgRow, index: usize) -> Result<Option<Digest>, sqlx::Error> {
    let Some(bytes) = row.try_get::<Option<&[u8]>, _>(index)? else { return Ok(None) };
    let bytes = bytes.try_into().map_err(|_| sqlx::Error::Decode("a digest that has not 32 bytes".into()))?;
    Ok(Some(Digest::new(bytes)))
}

/// The record of this id.
pub(super) async fn try_by_id(connection: &mut PgConnection, id: Uuid) -> Result<Option<PgRow>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM tollgate_record r LEFT JOIN tollgate_edge e ON e.id = r.edge
         LEFT JOIN tollgate_chart c ON c.id = e.chart WHERE r.id = $1"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await
}

/// Where the subject is: its last record and its row, both at one moment.
///
/// None where the subject has a name that its table cannot hold, and so no row and no history.
pub(super) async fn try_last(
    connection: &mut PgConnection,
    registered: &Registered,
    statements: &Statements,
    subject: &Id,
) -> Result<Option<PgRow>, sqlx::Error> {
    if write::misfit(registered, statements, subject).is_some() {
        return Ok(None);
    }
    let on_record = name::to_text(subject);
    let query = sqlx::query(AssertSqlSafe(statements.last.clone())).bind(&*on_record);
    let query = match statements.key {
        None => query,
        Some(Key::Other) => query.bind(plain(subject)),
        Some(_) => query.bind(&*on_record),
    };
    query.fetch_one(connection).await.map(Some)
}

/// What [`try_last`] found.
pub(super) fn into_last(row: &PgRow) -> Result<Last, Error> {
    let failed = || database("reading a subject");
    let has_record = row.try_get::<Option<Uuid>, _>(0).map_err(failed())?.is_some();
    let has_row: bool = row.try_get(COUNT).map_err(failed())?;
    let state = || -> Result<RowState, sqlx::Error> {
        Ok(RowState { state: row.try_get(COUNT + 1)?, version: row.try_get(COUNT + 2)? })
    };
    Ok(Last {
        stored: has_record.then(|| stored(row)).transpose()?,
        row: has_row.then(state).transpose().map_err(failed())?,
    })
}

/// An id as a column of the user's has it.
pub(super) fn plain(id: &Id) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}
