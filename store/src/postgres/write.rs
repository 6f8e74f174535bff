//! One record, offered by one statement.

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection};
use tollgate::chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use tollgate::{Id, Record, RecordKind};

use super::json::Json;
use super::read::plain;
use super::statements::{Key, Statements};
use crate::Error;
use crate::registered::Registered;
use crate::row::Row;

/// What is no change: an event, or a refusal.
const OTHER: &str =
    "INSERT INTO tollgate_record (id, at, at_nanos, kind, subject_kind, subject, edge, version, actor_kind, actor,
                                  actor_name, on_behalf_of, reason, context, data, prev, digest, machine, event,
                                  properties, refused_by, refusal)
     VALUES ($1, $2, $3, $17, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $18, $19,
             $20, $21, $22)
     ON CONFLICT DO NOTHING";

/// Offers the record, and says how many rows that made: one, or none where something stands in its way.
pub(super) async fn offer(
    connection: &mut PgConnection,
    record: &Record,
    row: &Row,
    known: Option<(&Registered, &Statements)>,
) -> Result<u64, sqlx::Error> {
    let Some((_, statements)) = known.filter(|_| record.is_change()) else {
        let query = bound(sqlx::query(OTHER), row).bind(row.kind).bind(row.machine).bind(&row.event);
        let query = query.bind(row.properties.as_deref().map(Json)).bind(&row.refused_by).bind(&row.refusal);
        return query.execute(connection).await.map(|done| done.rows_affected());
    };
    let sql = match record.kind {
        RecordKind::Creation => &statements.creation,
        _ => statements.transition_of(row, record.from.as_deref()),
    };
    let mut query = bound(sqlx::query(AssertSqlSafe(sql.clone())), row);
    // A name that is not asked for is a parameter all the same, so that each has one place.
    query = query.bind(record.from.as_deref());
    if statements.key.is_some() {
        query = query.bind(record.to.as_deref());
    }
    if statements.key == Some(Key::Other) {
        query = query.bind(row.subject_id.as_ref().map(plain));
    }
    query.execute(connection).await.map(|done| done.rows_affected())
}

/// The first sixteen parameters, the same everywhere.
fn bound<'q>(query: Query<'q, sqlx::Postgres, PgArguments>, row: &'q Row) -> Query<'q, sqlx::Postgres, PgArguments> {
    let (at, nanos) = split(row.at);
    query
        .bind(row.id)
        .bind(at)
        .bind(nanos)
        .bind(&row.subject_kind)
        .bind(&row.subject)
        .bind(row.edge)
        .bind(row.version)
        .bind(row.actor_kind)
        .bind(&row.actor)
        .bind(&row.actor_name)
        .bind(row.on_behalf_of.as_deref().map(Json))
        .bind(&row.reason)
        .bind(row.context.as_deref().map(Json))
        .bind(row.data.as_deref().map(Json))
        .bind(row.prev.as_ref().map(|prev| &prev.as_bytes()[..]))
        .bind(row.digest.as_ref().map(|digest| &digest.as_bytes()[..]))
}

/// A time in whole microseconds, as Postgres has it, and the nanoseconds beyond.
pub(super) fn split(at: DateTime<Utc>) -> (DateTime<Utc>, i16) {
    let nanos = at.nanosecond() % 1000;
    (at - TimeDelta::nanoseconds(nanos.into()), i16::try_from(nanos).expect("below a thousand"))
}

/// Refuses what Postgres cannot hold, before it is sent: within a user's transaction an error would end that.
pub(super) fn check(record: &Record, row: &Row, known: Option<(&Registered, &Statements)>) -> Result<(), Error> {
    let refuse = |why: String| Err(Error::Unstorable { id: record.id, why });
    let texts = [
        ("subject", &row.subject),
        ("actor", &row.actor),
        ("actor's name", &row.actor_name),
        ("reason", &row.reason),
        ("event", &row.event),
        ("refusal", &row.refusal),
    ];
    if let Some((field, _)) = texts.iter().find(|(_, text)| text.as_ref().is_some_and(|text| text.contains('\0'))) {
        return refuse(format!("its {field} contains the character NUL, which a text of Postgres cannot"));
    }
    if record.at.nanosecond() >= 1_000_000_000 {
        return refuse("its time is within a leap second, which Postgres does not have".to_owned());
    }
    let (Some((registered, statements)), Some(subject)) = (known, &row.subject_id) else { return Ok(()) };
    misfit(registered, statements, subject).map_or(Ok(()), refuse)
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
        Key::Other => subject.as_str().is_none_or(|text| !text.contains('\0')),
    };
    let why = || format!("`{}` of `{}` cannot hold what names its subject, `{subject}`", table.id, table.name);
    (!fits).then(why)
}
