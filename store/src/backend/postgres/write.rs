//! The write of one record by one statement.

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection};
use tollgate::chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use tollgate::{Record, RecordKind};

use super::execute;
use super::json::Json;
use super::read::plain;
use super::statements::{Column, OTHER, Statements};
use crate::backend::catalog::Known;
use crate::row::Row;
use crate::schema::registered::Registered;

/// The terms on which a record is offered: its machine, and whether the store keeps a chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) known: Option<&'a Known<Statements>>,
    pub(super) keeps_chain: bool,
    /// Whether statements go through a pooler; see [`execute`].
    pub(super) is_pooled: bool,
    /// Whether the record was not made by a commit, so that its state was not compared with the subject's.
    pub(super) is_hand_written: bool,
}

impl<'a> Terms<'a> {
    pub(super) fn parts(self) -> Option<(&'a Registered, &'a Statements)> {
        self.known.map(|known| (&known.0, &known.1))
    }
}

/// Offers the record, and returns the number of rows that were written: one, or none in a conflict.
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
    let query = statement.columns.iter().fold(query, |query, column| bound(query, column, record, row));
    execute::count(connection, query, terms.is_pooled).await
}

fn bound<'q>(
    query: Query<'q, sqlx::Postgres, PgArguments>,
    column: Column,
    record: &'q Record,
    row: &'q Row,
) -> Query<'q, sqlx::Postgres, PgArguments> {
    match column {
        Column::Id => query.bind(row.id),
        Column::At => query.bind(in_micros(row.at)),
        Column::AtNanos => query.bind(nanos(row.at)),
        Column::SubjectKind => query.bind(&row.subject_kind),
        Column::Subject => query.bind(&row.subject),
        Column::Edge => query.bind(row.edge),
        Column::Version => query.bind(row.version),
        Column::ActorKind => query.bind(row.actor_kind),
        Column::Actor => query.bind(&row.actor),
        Column::ActorName => query.bind(&row.actor_name),
        Column::OnBehalfOf => query.bind(row.on_behalf_of.as_deref().map(Json)),
        Column::Reason => query.bind(&row.reason),
        Column::Context => query.bind(row.context.as_deref().map(Json)),
        Column::Data => query.bind(row.data.as_deref().map(Json)),
        Column::Prev => query.bind(row.prev.as_ref().map(|prev| &prev.as_bytes()[..])),
        Column::Digest => query.bind(row.digest.as_ref().map(|digest| &digest.as_bytes()[..])),
        Column::To => query.bind(record.to.as_deref()),
        Column::From => query.bind(record.from.as_deref()),
        Column::Key => query.bind(row.subject_id.as_ref().map(plain)),
        Column::Kind => query.bind(row.kind),
        Column::Machine => query.bind(row.machine),
        Column::Event => query.bind(&row.event),
        Column::Properties => query.bind(row.properties.as_deref().map(Json)),
        Column::RefusedBy => query.bind(&row.refused_by),
        Column::Refusal => query.bind(&row.refusal),
        Column::Parameters => query.bind(row.parameters.as_deref().map(Json)),
    }
}

/// Returns the time in whole microseconds, as Postgres stores it.
pub(super) fn in_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::nanoseconds(nanos(at).into())
}

/// Returns the nanoseconds after the whole microseconds.
pub(super) fn nanos(at: DateTime<Utc>) -> i16 {
    i16::try_from(at.nanosecond() % 1000).expect("the remainder is less than 1000")
}
