//! The decoder of a record, from the columns of its row: one for both databases.
//!
//! Other programs can insert rows too. The decoder never panics at a row that this store would not write, and never ends a
//! listing: it returns the reason why the record cannot be read.

use tollgate::serde::Deserialize as _;
use tollgate::serde::de::DeserializeOwned;
use tollgate::serde::de::value::MapDeserializer;
use tollgate::serde_json::{self, Value};
use tollgate::uuid::Uuid;
use tollgate::{Actor, Context, Digest, Id, Record, SubjectRef, canonical};

use super::id_text::{from_text, to_text};
use super::sql_row::{DecodeError, SqlRow, not_null};
use super::{Stored, actor_of, kind_of};
use crate::error::{Error, Unreadable};
use crate::schema::sql::{COLUMNS, columns};

/// A record without the names of its edge, or why it cannot be read.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) id: Uuid,
    pub(crate) version: Option<i64>,
    pub(crate) edge: Option<i32>,
    pub(crate) record: Result<Record, DecodeError>,
    /// As it was stored.
    digest: Option<Digest>,
}

/// How many cells they are, with the id and the time.
pub(crate) const COUNT: usize = COLUMNS.len() + 3;

impl Decoded {
    /// Decodes the row.
    ///
    /// # Errors
    ///
    /// Only if the id cannot be read: without it there is nothing to report.
    pub(crate) fn of(row: &impl SqlRow) -> Result<Self, DecodeError> {
        let id = not_null(row.uuid(0)?)?;
        let (edge, version) = (row.integer(6), row.bigint(7));
        let digest = digest(row, COUNT - 1);
        let record = record(row, id).and_then(|record| {
            edge.clone().map_err(|why| named("edge", why))?;
            digest.clone().map_err(|why| named("digest", why))?;
            Ok(record)
        });
        let (edge, version) = (edge.unwrap_or_default(), version.unwrap_or_default());
        Ok(Self { id, version, edge, record, digest: digest.unwrap_or_default() })
    }

    /// The report of this record.
    #[allow(clippy::unnecessary_box_returns, reason = "results and errors hold it in a box")]
    pub(crate) fn unreadable(id: Uuid, version: Option<i64>, why: DecodeError) -> Box<Unreadable> {
        let version = version.and_then(|version| u64::try_from(version).ok());
        Box::new(Unreadable { id, version, why: why.0 })
    }
}

/// The state and the version in a row of the table that the subject declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowState {
    pub(crate) state: Option<String>,
    /// None where the table has no such column, or the column is null.
    pub(crate) version: Option<i64>,
}

/// The columns that [`stored`] reads: of `tollgate_record r`, `tollgate_edge e` and `tollgate_chart c`.
pub(crate) fn stored_columns(nanos: &str) -> String {
    format!("{}, c.name, c.fingerprint, e.transition, e.from_state, e.to_state", columns("r.", nanos))
}

/// How many cells [`stored`] reads.
#[cfg(feature = "postgres")]
pub(crate) const STORED: usize = COUNT + 5;

/// A record with the names of its edge, and its digest.
pub(crate) fn stored(row: &impl SqlRow) -> Result<Stored, Error> {
    let Decoded { id, version, edge, record, digest } = Decoded::of(row)?;
    let unreadable = |why| Error::Unreadable(Decoded::unreadable(id, version, why));
    let mut record = record.map_err(unreadable)?;
    if let Some(edge) = edge {
        name(&mut record, row).map_err(unreadable)?.ok_or_else(|| unreadable(no_edge(edge)))?;
    }
    Ok(Stored { record, digest })
}

/// The state and the version of a row of the caller's table: the cells from `at` on.
pub(crate) fn row_state(row: &impl SqlRow, at: usize) -> Result<RowState, DecodeError> {
    let state = row.text(at).map_err(|why| DecodeError(format!("of the state {}", why.0)))?;
    let version = row.bigint(at + 1).map_err(|why| DecodeError(format!("of the version {}", why.0)))?;
    Ok(RowState { state: state.map(str::to_owned), version })
}

/// Adds the names of the edge to the record. None if there is no such edge.
fn name(record: &mut Record, row: &impl SqlRow) -> Result<Option<()>, DecodeError> {
    let text = |at: usize| Ok::<_, DecodeError>(row.text(COUNT + at)?.map(|text| text.to_owned().into()));
    record.machine = text(0)?;
    record.chart = digest(row, COUNT + 1)?;
    record.transition = text(2)?;
    record.from = text(3)?;
    record.to = text(4)?;
    Ok(record.to.is_some().then_some(()))
}

/// Why a record along this edge cannot be read.
pub(crate) fn no_edge(edge: i32) -> DecodeError {
    DecodeError(format!("`edge` is {edge}, which tollgate_edge does not have"))
}

fn record(row: &impl SqlRow, id: Uuid) -> Result<Record, DecodeError> {
    let text = |at: usize| row.text(at).map_err(|why| of_column(at, why));
    let owned = |at: usize| text(at).map(|text| text.map(str::to_owned));
    let at = row.time(1).and_then(not_null).map_err(|why| named("at", why))?;
    let kind = text(3)?.unwrap_or_default();
    let kind =
        kind_of(kind).ok_or_else(|| DecodeError::new(format!("`kind` is not one that this build knows: `{kind}`")))?;
    let mut record = Record::bare(id, at, kind);
    record.subject = both(("subject_kind", text(4)?), ("subject", text(5)?))?
        .map(|(kind, id)| name_of("subject", id).map(|id| SubjectRef { kind: kind.to_owned().into(), id }))
        .transpose()?;
    let version = row.bigint(7).map_err(|why| of_column(7, why))?.map(u64::try_from).transpose();
    record.version = version.map_err(|_| DecodeError::new("`version` is negative"))?;
    record.actor = match both(("actor_kind", text(8)?), ("actor", text(9)?))? {
        Some((kind, id)) => {
            let known = actor_of(kind, name_of("actor", id)?);
            let mut actor = known
                .ok_or_else(|| DecodeError::new(format!("`actor_kind` is not one that this build knows: `{kind}`")))?;
            actor.display = owned(10)?;
            actor.on_behalf_of = json("on_behalf_of", text(11)?, Actor::canonical)?.map(Box::new);
            Some(actor)
        }
        None if text(10)?.is_some() || text(11)?.is_some() => {
            return Err(DecodeError::new("`actor` is null, and something else of an actor is not"));
        }
        None => None,
    };
    record.reason = owned(12)?;
    record.context = json("context", text(13)?, Context::canonical)?.unwrap_or_default();
    record.data = value("data", text(14)?)?;
    record.prev = digest(row, 15).map_err(|why| of_column(15, why))?;
    record.event = owned(16)?.map(Into::into);
    record.properties = value("properties", text(17)?)?;
    record.refused_by = owned(18)?.map(Into::into);
    record.refusal = owned(19)?;
    record.parameters = json("parameters", text(20)?, Context::canonical)?.unwrap_or_default();
    Ok(record)
}

/// A digest, which is 32 bytes long.
pub(crate) fn digest(row: &impl SqlRow, at: usize) -> Result<Option<Digest>, DecodeError> {
    let bytes = row.bytes(at)?.map(<[u8; 32]>::try_from).transpose();
    Ok(bytes.map_err(|_| DecodeError::new("is not 32 bytes long"))?.map(Digest::new))
}

/// The reason, after the column that it is about.
#[allow(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
pub(crate) fn named(column: &str, why: DecodeError) -> DecodeError {
    DecodeError(format!("`{column}` {}", why.0))
}

fn of_column(at: usize, why: DecodeError) -> DecodeError {
    named(COLUMNS[at - 3], why)
}

/// Two columns of which both are null or none is.
fn both<'r>(
    (one, first): (&str, Option<&'r str>),
    (other, second): (&str, Option<&'r str>),
) -> Result<Option<(&'r str, &'r str)>, DecodeError> {
    match (first, second) {
        (Some(first), Some(second)) => Ok(Some((first, second))),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(DecodeError::new(format!("`{one}` is null, and `{other}` is not"))),
        (Some(_), None) => Err(DecodeError::new(format!("`{other}` is null, and `{one}` is not"))),
    }
}

/// The id of a text, if the store would write that id as this text.
fn name_of(column: &str, text: &str) -> Result<Id, DecodeError> {
    let id = from_text(text);
    // Every text without quotes is an id's own; within quotes only what would read as something else may be.
    if text.starts_with('"') && to_text(&id) != text {
        return Err(DecodeError::new(format!(
            "`{column}` is not in the form in which this store writes an id: `{text}`"
        )));
    }
    Ok(id)
}

/// The value of a JSON column that is in canonical form. Another text of the same value is refused: a digest is made of the
/// canonical text, so another text would look like a changed one.
fn json<T: DeserializeOwned>(
    column: &str,
    text: Option<&str>,
    canonical: impl FnOnce(&T) -> String,
) -> Result<Option<T>, DecodeError> {
    let Some(text) = text else { return Ok(None) };
    let value = serde_json::from_str(text);
    let value = value.map_err(|error| DecodeError::new(format!("`{column}` is not JSON that can be read: {error}")))?;
    if canonical(&value) != text {
        return Err(DecodeError::new(format!("`{column}` is not in canonical form: FORMAT.md describes it")));
    }
    Ok(Some(value))
}

/// A JSON column of any value, with its numbers and its depth checked as those of a context are. `null` is a value.
fn value(column: &'static str, text: Option<&str>) -> Result<Option<Value>, DecodeError> {
    let Some(value) = json(column, text, canonical::to_string)? else { return Ok(None) };
    let checked = Context::deserialize(MapDeserializer::new(std::iter::once((column, value))));
    let checked = checked.map_err(|error: serde_json::Error| DecodeError::new(error.to_string()))?;
    Ok(checked.get(column).cloned())
}
