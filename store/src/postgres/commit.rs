//! One commit: offered, and if nothing was written, judged.

use std::borrow::Cow;
use std::time::Duration;

use sqlx::{PgConnection, Row as _};
use tollgate::__private::Declaration;
use tollgate::{Digest, Record, RecordKind};

use super::failure::{Fate, fate};
use super::statements::Statements;
use super::{Postgres, database, read, write};
use crate::Error;
use crate::name;
use crate::registered::{Known, Registered};
use crate::row::Row;
use crate::verdict::{Last, Verdict, is_same, judge, judge_same};

/// How often a statement that another transaction undid is tried.
pub(super) const TRIES: u32 = 10;

/// What came of offering a record once.
#[derive(Debug)]
pub(super) enum Offered {
    Written(Option<Digest>),
    Refused(Error),
    /// Nothing was written, and nothing stands in its way by now.
    Again(Option<sqlx::Error>),
    /// The connection was lost; whether with an answer to the statement under way is said.
    Lost {
        error: sqlx::Error,
        is_open: bool,
    },
}

/// What a record is offered with: its machine, and whether the store keeps a chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) known: Option<&'a Known<Statements>>,
    pub(super) keeps_chain: bool,
}

impl<'a> Terms<'a> {
    pub(super) fn parts(self) -> Option<(&'a Registered, &'a Statements)> {
        self.known.map(|known| (&known.0, &known.1))
    }
}

impl Postgres {
    pub(crate) async fn commit(
        &self,
        record: &Record,
        of: Option<&'static Declaration>,
    ) -> Result<Option<Digest>, Error> {
        let known = self.known(record, of).await?;
        self.offer(record, known.as_ref(), None).await
    }

    pub(super) fn terms<'a>(&self, known: Option<&'a Known<Statements>>) -> Terms<'a> {
        Terms { known, keeps_chain: self.0.keeps_chain }
    }

    /// Offers the record until it is known what came of it. `open` is the loss of a connection on which it was offered
    /// before, without an answer.
    pub(super) async fn offer(
        &self,
        record: &Record,
        known: Option<&Known<Statements>>,
        mut open: Option<sqlx::Error>,
    ) -> Result<Option<Digest>, Error> {
        let unknown = |error: sqlx::Error| Error::Unknown { record: record.id, source: Box::new(error) };
        let mut is_second = open.is_some();
        let mut tries = 0;
        loop {
            let connection = if is_second { self.living().await } else { self.connection().await };
            let mut connection = match (connection, open) {
                (Ok(connection), still) => {
                    open = still;
                    connection
                }
                (Err(_), Some(lost)) => return Err(unknown(lost)),
                (Err(error), None) => return Err(error),
            };
            let offered = offer_on(&mut connection, record, self.terms(known)).await;
            if let Offered::Lost { error, is_open } = offered {
                drop(connection);
                if is_second {
                    let is_open = is_open || open.is_some();
                    return Err(if is_open { unknown(error) } else { database("reading a subject")(error) });
                }
                is_second = true;
                open = is_open.then_some(error);
                continue;
            }
            connection.release();
            tries += 1;
            match (offered, open.take()) {
                (Offered::Written(digest), _) => return Ok(digest),
                (Offered::Again(_), lost) if tries < TRIES => {
                    open = lost;
                    tokio::time::sleep(pause(record, tries)).await;
                }
                // What the server says of this try says nothing of one that may still be under way.
                (Offered::Refused(Error::Database { .. }) | Offered::Again(_), Some(lost)) => {
                    return Err(unknown(lost));
                }
                (Offered::Refused(error), _) => return Err(error),
                (Offered::Again(error), None) => return Err(given_up(error)),
                (Offered::Lost { .. }, _) => unreachable!("it was handled above"),
            }
        }
    }
}

/// Grows with each try, and differs from record to record, so that those who met do not meet again.
pub(super) fn pause(record: &Record, tries: u32) -> Duration {
    let spread = u64::try_from(record.id.as_u128() & 0xff).unwrap_or_default();
    Duration::from_micros((256 + spread) << tries.min(8))
}

pub(super) fn given_up(error: Option<sqlx::Error>) -> Error {
    const WHAT: &str = "writing a record";
    error.map_or_else(
        || Error::Database {
            what: WHAT,
            source: "nothing stands in its way, and yet nothing was written; a trigger or a policy of the subject's table may \
                     keep its row from being changed"
                .into(),
        },
        database(WHAT),
    )
}

/// Offers the record on this connection, once.
pub(super) async fn offer_on(connection: &mut PgConnection, record: &Record, terms: Terms<'_>) -> Offered {
    let lost = |error: sqlx::Error, is_open| match fate(&error) {
        Fate::Lost => Offered::Lost { error, is_open },
        Fate::Undone | Fate::Taken => Offered::Again(Some(error)),
        Fate::Refused => Offered::Refused(database("writing a record")(error)),
    };
    let (record, digest, taken) = match write(connection, record, terms).await {
        Ok(Wrote::Written(digest)) => return Offered::Written(digest),
        Ok(Wrote::Nothing { record, digest, taken }) => (record, digest, taken),
        Err(Denied::Error(error)) => return Offered::Refused(error),
        Err(Denied::Driver(error)) => return lost(error, false),
        Err(Denied::Open(error)) => return lost(error, true),
    };
    match judged(connection, &record, digest, terms).await {
        Ok(Verdict::Written(digest)) => Offered::Written(digest),
        Ok(Verdict::Refused(error)) => Offered::Refused(error),
        Ok(Verdict::TryAgain) => Offered::Again(taken),
        Err(Denied::Error(error)) => Offered::Refused(error),
        Err(Denied::Driver(error) | Denied::Open(error)) => lost(error, false),
    }
}

/// What came of the statement that writes a record.
pub(super) enum Wrote<'r> {
    Written(Option<Digest>),
    /// Something stands in its way; with the error, where the server made one of that.
    Nothing {
        record: Cow<'r, Record>,
        digest: Option<Digest>,
        taken: Option<sqlx::Error>,
    },
}

pub(super) async fn write<'r>(
    connection: &mut PgConnection,
    record: &'r Record,
    terms: Terms<'_>,
) -> Result<Wrote<'r>, Denied> {
    let Some(chained) = chained(connection, record, terms).await? else {
        return Ok(Wrote::Nothing { record: Cow::Borrowed(record), digest: None, taken: None });
    };
    let row = row(connection, &chained, terms).await?;
    let taken = match write::offer(connection, &chained, &row, terms.parts()).await {
        Ok(0) => None,
        Ok(_) => return Ok(Wrote::Written(row.digest)),
        Err(error) if fate(&error) == Fate::Taken => Some(error),
        Err(error) => return Err(Denied::Open(error)),
    };
    Ok(Wrote::Nothing { record: chained, digest: row.digest, taken })
}

/// An error of ours, or of the driver.
#[derive(Debug)]
pub(super) enum Denied {
    Error(Error),
    /// While something was read.
    Driver(sqlx::Error),
    /// While the record was written.
    Open(sqlx::Error),
}

impl Denied {
    /// Within a transaction that has not been committed.
    pub(super) fn closed(self) -> Self {
        match self {
            Self::Open(error) => Self::Driver(error),
            denied => denied,
        }
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<sqlx::Error> for Denied {
    fn from(error: sqlx::Error) -> Self {
        Self::Driver(error)
    }
}

/// The record with the digest of the one before it. A machine that came from a store has it; for another it is read.
/// None where the record does not follow the state that is on record: it cannot be written.
pub(super) async fn chained<'r>(
    connection: &mut PgConnection,
    record: &'r Record,
    terms: Terms<'_>,
) -> Result<Option<Cow<'r, Record>>, sqlx::Error> {
    let is_chained = record.kind != RecordKind::Transition || record.prev.is_some() || !terms.keeps_chain;
    let (Some((registered, _)), Some(subject), false) = (terms.parts(), &record.subject, is_chained) else {
        return Ok(Some(Cow::Borrowed(record)));
    };
    let before = "SELECT r.digest, e.to_state FROM tollgate_record r JOIN tollgate_edge e ON e.id = r.edge
                  WHERE r.machine = $1 AND r.subject = $2 AND r.version = $3";
    let version = record.version.and_then(|version| i64::try_from(version).ok()).unwrap_or_default();
    let before = sqlx::query(before).bind(registered.machine).bind(name::to_text(&subject.id)).bind(version - 1);
    let Some(before) = before.fetch_optional(connection).await? else { return Ok(None) };
    let state: String = before.try_get(1)?;
    if !record.from.as_deref().is_some_and(|from| is_same(registered.declaration.chart, from, &state)) {
        return Ok(None);
    }
    let mut record = record.clone();
    record.prev = read::digest(&before, 0)?;
    Ok(Some(Cow::Owned(record)))
}

/// The row of the record, if Postgres can hold it.
pub(super) async fn row(connection: &mut PgConnection, record: &Record, terms: Terms<'_>) -> Result<Row, Denied> {
    let parts = terms.parts();
    let mut row = Row::of(record, parts.map(|(registered, _)| registered), terms.keeps_chain)?;
    write::check(record, &row, parts)?;
    if let (None, Some(machine)) = (parts, &record.machine) {
        // The refusal of a machine that this process has not used yet, and maybe another has.
        let edge = "SELECT e.machine, e.id FROM tollgate_chart c JOIN tollgate_edge e ON e.chart = c.id
                    WHERE c.fingerprint = $1 AND e.transition = $2 AND e.to_state = $3
                      AND e.from_state IS NOT DISTINCT FROM $4 LIMIT 1";
        let chart = record.chart.as_ref().map(|chart| &chart.as_bytes()[..]);
        let edge = sqlx::query(edge).bind(chart).bind(record.transition.as_deref()).bind(record.to.as_deref());
        let Some(edge) = edge.bind(record.from.as_deref()).fetch_optional(connection).await? else {
            return Err(Error::NotRegistered { machine: machine.clone().into_owned() }.into());
        };
        (row.machine, row.edge) = (edge.try_get(0)?, edge.try_get(1)?);
    }
    Ok(row)
}

/// What is to be said of a record that was not written.
pub(super) async fn judged(
    connection: &mut PgConnection,
    record: &Record,
    digest: Option<Digest>,
    terms: Terms<'_>,
) -> Result<Verdict, Denied> {
    let same = match read::try_by_id(connection, record.id).await? {
        Some(row) => Some(read::stored(&row)?),
        None => None,
    };
    let (Some((registered, statements)), None) = (terms.parts(), &same) else {
        return Ok(same.map_or(Verdict::TryAgain, |same| judge_same(record, digest, &same)));
    };
    let subject = record.subject.as_ref().map(|subject| &subject.id);
    let last = match subject {
        Some(subject) => read::try_last(connection, registered, statements, subject).await?,
        None => None,
    };
    let last = last.as_ref().map_or_else(|| Ok(Last::default()), read::into_last)?;
    Ok(judge(record, digest, registered.declaration, None, &last))
}
