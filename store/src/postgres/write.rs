//! One record, offered by one statement.

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection};
use tollgate::chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use tollgate::{Id, Record, RecordKind};

use super::commit::Terms;
use super::execute;
use super::json::Json;
use super::read::plain;
use super::statements::{Given, Key, OTHER, Statements};
use crate::Error;
use crate::registered::Registered;
use crate::row::Row;

/// Offers the record, and says how many rows that made: one, or none where something stands in its way.
pub(super) async fn offer(
    connection: &mut PgConnection,
    record: &Record,
    row: &Row,
    terms: Terms<'_>,
) -> Result<u64, sqlx::Error> {
    let statement = match terms.parts() {
        Some((_, statements)) if !record.is_change() => &statements.other,
        Some((_, statements)) if record.kind == RecordKind::Creation => &statements.creation,
        Some((_, statements)) => &statements.transition,
        None => &OTHER,
    };
    let query = sqlx::query(AssertSqlSafe(statement.sql.clone()));
    let query = statement.given.iter().fold(query, |query, given| bound(query, given, record, row));
    execute::count(connection, query, terms.is_pooled).await
}

fn bound<'q>(
    query: Query<'q, sqlx::Postgres, PgArguments>,
    given: Given,
    record: &'q Record,
    row: &'q Row,
) -> Query<'q, sqlx::Postgres, PgArguments> {
    match given {
        Given::Id => query.bind(row.id),
        Given::At => query.bind(in_micros(row.at)),
        Given::AtNanos => query.bind(nanos(row.at)),
        Given::SubjectKind => query.bind(&row.subject_kind),
        Given::Subject => query.bind(&row.subject),
        Given::Edge => query.bind(row.edge),
        Given::Version => query.bind(row.version),
        Given::ActorKind => query.bind(row.actor_kind),
        Given::Actor => query.bind(&row.actor),
        Given::ActorName => query.bind(&row.actor_name),
        Given::OnBehalfOf => query.bind(row.on_behalf_of.as_deref().map(Json)),
        Given::Reason => query.bind(&row.reason),
        Given::Context => query.bind(row.context.as_deref().map(Json)),
        Given::Data => query.bind(row.data.as_deref().map(Json)),
        Given::Prev => query.bind(row.prev.as_ref().map(|prev| &prev.as_bytes()[..])),
        Given::Digest => query.bind(row.digest.as_ref().map(|digest| &digest.as_bytes()[..])),
        Given::To => query.bind(record.to.as_deref()),
        Given::From => query.bind(record.from.as_deref()),
        Given::Key => query.bind(row.subject_id.as_ref().map(plain)),
        Given::Kind => query.bind(row.kind),
        Given::Machine => query.bind(row.machine),
        Given::Event => query.bind(&row.event),
        Given::Properties => query.bind(row.properties.as_deref().map(Json)),
        Given::RefusedBy => query.bind(&row.refused_by),
        Given::Refusal => query.bind(&row.refusal),
        Given::Parameters => query.bind(row.parameters.as_deref().map(Json)),
    }
}

/// A time in whole microseconds, as Postgres has it.
pub(super) fn in_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::nanoseconds(nanos(at).into())
}

/// The nanoseconds beyond.
pub(super) fn nanos(at: DateTime<Utc>) -> i16 {
    i16::try_from(at.nanosecond() % 1000).expect("below a thousand")
}

/// The longest subject or actor, in bytes of its column. Both are in an index, whose rows Postgres limits to a third of a
/// page (2704 bytes), with the rest of the key and before compression.
const LONGEST_NAME: usize = 2048;

/// Refuses what Postgres cannot hold, before it is sent: within a user's transaction an error would end that.
pub(super) fn check(record: &Record, row: &Row, known: Option<(&Registered, &Statements)>) -> Result<(), Error> {
    let refuse = |why: String| Err(Error::Unstorable { id: record.id, why });
    if let Some(field) = with_nul(row) {
        return refuse(format!("its {field} contains the character NUL, which Postgres does not have"));
    }
    for (field, text) in [("subject", &row.subject), ("actor", &row.actor)] {
        if let Some(length) = text.as_ref().map(String::len).filter(|length| *length > LONGEST_NAME) {
            return refuse(format!("its {field} has {length} bytes; Postgres can index at most {LONGEST_NAME}"));
        }
    }
    let (Some((registered, statements)), Some(subject)) = (known, &row.subject_id) else { return Ok(()) };
    if let (Some(version), Some(most)) = (row.version, statements.most)
        && version > most
    {
        return refuse(format!(
            "its version, {version}, is past {most}, the largest in the row's version column; bigint would work"
        ));
    }
    misfit(registered, statements, subject).map_or(Ok(()), refuse)
}

/// The field that contains a NUL. In JSON it would be stored as an escape, and every SQL query that reads the value out of
/// the column would fail.
fn with_nul(row: &Row) -> Option<&'static str> {
    let texts = [
        ("subject's kind", &row.subject_kind),
        ("subject", &row.subject),
        ("actor", &row.actor),
        ("actor's name", &row.actor_name),
        ("reason", &row.reason),
        ("event", &row.event),
        ("refused_by", &row.refused_by),
        ("refusal", &row.refusal),
    ];
    let json = [
        ("on_behalf_of", &row.on_behalf_of),
        ("context", &row.context),
        ("data", &row.data),
        ("properties", &row.properties),
        ("parameters", &row.parameters),
    ];
    let text = texts.into_iter().find(|(_, text)| text.as_ref().is_some_and(|text| text.contains('\0')));
    let escaped = || json.into_iter().find(|(_, text)| text.as_ref().is_some_and(|text| has_escaped_nul(text)));
    text.or_else(escaped).map(|(field, _)| field)
}

/// Whether a canonical JSON text has the escape of NUL: after an even number of backslashes.
fn has_escaped_nul(json: &str) -> bool {
    let escapes = json.match_indices("\\u0000");
    escapes
        .map(|(at, _)| json[..at].bytes().rev().take_while(|byte| *byte == b'\\').count())
        .any(|before| before % 2 == 0)
}

/// Why the user's table cannot have a row of this subject.
pub(super) fn misfit(registered: &Registered, statements: &Statements, subject: &Id) -> Option<String> {
    let table = registered.table()?;
    let fits = match statements.key? {
        Key::Integer(bits) => subject.as_i64().is_some_and(|id| {
            let most = i64::MAX >> (64 - bits);
            (-most - 1..=most).contains(&id)
        }),
        Key::Uuid => subject.as_uuid().is_some(),
        Key::Numeric => subject.as_i64().is_some() || subject.as_u64().is_some(),
        Key::Padded => subject.as_str().is_none_or(|text| !text.contains('\0') && !text.ends_with(' ')),
        Key::Other => subject.as_str().is_none_or(|text| !text.contains('\0')),
    };
    let why = || format!("`{}` of `{}` cannot hold what names its subject, `{subject}`", table.id, table.name);
    (!fits).then(why)
}
