//! One commit: it offers the record, and finds the reason if nothing was written.

use std::borrow::Cow;

use sqlx::{PgConnection, Row as _};
use tollgate::sink::Offer;
use tollgate::{Digest, Record, RecordKind};

use super::failure::{Fate, fate};
use super::statements::Statements;
use super::write::Terms;
use super::write_error::{Attempt, LostAnswer, WriteError};
use super::{Postgres, durable, execute, identity, read, storable, write};
use crate::Error;
use crate::backend::catalog::Known;
use crate::commit::diagnosis::{Diagnosis, SubjectState, diagnose, diagnose_duplicate, is_same};
use crate::row::Row;
use crate::row::decode::{self, Decoded};
use crate::row::id_text;

impl Postgres {
    pub(crate) async fn commit(&self, offer: Offer<'_>) -> Result<Option<Digest>, Error> {
        let (record, of) = (offer.record(), offer.declaration());
        let known = self.known(record, of).await?;
        self.until_known(Single { store: self, record, known, is_hand_written: of.is_none() }, None).await
    }

    /// Offers one record. `open` is the lost answer of an earlier offer.
    pub(super) async fn offer(
        &self,
        record: &Record,
        known: Option<&Known<Statements>>,
        open: Option<LostAnswer>,
    ) -> Result<Option<Digest>, Error> {
        let single = Single { store: self, record, known: known.cloned(), is_hand_written: false };
        self.until_known(single, open).await
    }

    pub(super) fn terms<'a>(&self, known: Option<&'a Known<Statements>>) -> Terms<'a> {
        Terms { known, keeps_chain: self.0.keeps_chain, is_pooled: self.0.is_pooled, is_hand_written: false }
    }
}

struct Single<'a> {
    store: &'a Postgres,
    record: &'a Record,
    known: Option<Known<Statements>>,
    is_hand_written: bool,
}

impl Attempt for Single<'_> {
    type Done = Option<Digest>;

    fn record(&self) -> &Record {
        self.record
    }

    async fn once(&mut self, connection: &mut PgConnection) -> Result<Option<Digest>, WriteError> {
        let terms = Terms { is_hand_written: self.is_hand_written, ..self.store.terms(self.known.as_ref()) };
        match write(connection, self.record, terms).await? {
            Wrote::Written(row) => Ok(row.digest),
            Wrote::Nothing(unwritten) => match diagnosed(connection, &unwritten, terms).await {
                Err(WriteError::Again(None)) => Err(WriteError::Again(unwritten.taken)),
                diagnosed => diagnosed,
            },
        }
    }

    async fn renew(&mut self) -> Result<(), Error> {
        if let Some(known) = &mut self.known {
            *known = self.store.renewed(known).await?;
        }
        Ok(())
    }
}

/// The outcome of the statement that writes a record.
pub(super) enum Wrote<'r> {
    /// The row was written. The caller's transaction may still be open.
    Written(Box<Row>),
    Nothing(Box<Unwritten<'r>>),
}

/// A record that was not written.
pub(super) struct Unwritten<'r> {
    /// The record as it was offered, with the digest of the previous record.
    pub(super) record: Cow<'r, Record>,
    pub(super) digest: Option<Digest>,
    /// The error, if the server returned one.
    pub(super) taken: Option<sqlx::Error>,
}

/// Offers the record on this connection, once.
pub(super) async fn write<'r>(
    connection: &mut PgConnection,
    record: &'r Record,
    terms: Terms<'_>,
) -> Result<Wrote<'r>, WriteError> {
    let nothing = |record, digest, taken| Ok(Wrote::Nothing(Box::new(Unwritten { record, digest, taken })));
    let Some(chained) = chained(connection, record, terms).await? else {
        return nothing(Cow::Borrowed(record), None, None);
    };
    let row = row(connection, &chained, terms).await?;
    match write::offer(connection, &chained, &row, terms).await {
        Ok(0) => nothing(chained, row.digest, None),
        Ok(_) => Ok(Wrote::Written(Box::new(row))),
        Err(error) if fate(&error) == Fate::Taken => nothing(chained, row.digest, Some(error)),
        Err(error) => Err(WriteError::writing(error)),
    }
}

/// Returns the record with the digest of the previous record; `None` if it does not follow the stored state.
///
/// A machine that was read from a store has this digest. For another machine it is read from the database. A record that
/// does not follow the stored state cannot be written.
pub(super) async fn chained<'r>(
    connection: &mut PgConnection,
    record: &'r Record,
    terms: Terms<'_>,
) -> Result<Option<Cow<'r, Record>>, WriteError> {
    let has_trusted_prev = record.prev.is_some() && !terms.is_hand_written;
    let is_chained = record.kind != RecordKind::Transition || has_trusted_prev || !terms.keeps_chain;
    let (Some((registered, _)), Some(subject), false) = (terms.parts(), &record.subject, is_chained) else {
        return Ok(Some(Cow::Borrowed(record)));
    };
    let before = "SELECT r.digest, e.to_state, r.id FROM tollgate_record r JOIN tollgate_edge e ON e.id = r.edge
                  WHERE r.machine = $1 AND r.subject = $2 AND r.version = $3
                    AND (r.version IS NOT NULL OR tollgate_by_index(r.version))";
    let version = record.version.and_then(|version| i64::try_from(version).ok()).unwrap_or_default();
    let before = sqlx::query(before).bind(registered.machine).bind(id_text::to_text(&subject.id)).bind(version - 1);
    let before = execute::rows(connection, before, terms.is_pooled).await?;
    let Some(before) = before.first() else { return Ok(None) };
    let state: String = before.try_get(1)?;
    if !record.from.as_deref().is_some_and(|from| is_same(registered.declaration.chart(), from, &state)) {
        return Ok(None);
    }
    if record.prev.is_some() {
        return Ok(Some(Cow::Borrowed(record)));
    }
    let mut record = record.clone();
    record.prev = decode::digest(before, 0).map_err(|why| {
        let id = before.try_get(2).unwrap_or_default();
        Error::from(Decoded::unreadable(id, Some(version - 1), decode::named("digest", why)))
    })?;
    Ok(Some(Cow::Owned(record)))
}

/// Returns the row of the record, if Postgres can store it.
pub(super) fn row_of(record: &Record, terms: Terms<'_>) -> Result<Row, Error> {
    let parts = terms.parts();
    let row = Row::of(record, parts.map(|(registered, _)| registered), terms.keeps_chain)?;
    storable::check(record, &row, parts)?;
    Ok(row)
}

/// Returns the row of the record. The edge of a refusal is looked up if this process has not registered its machine.
async fn row(connection: &mut PgConnection, record: &Record, terms: Terms<'_>) -> Result<Row, WriteError> {
    let mut row = row_of(record, terms)?;
    if let (None, Some(machine)) = (terms.known, &record.machine) {
        let edge = "SELECT e.machine, e.id FROM tollgate_chart c JOIN tollgate_edge e ON e.chart = c.id
                    WHERE c.fingerprint = $1 AND e.transition = $2 AND e.to_state = $3
                      AND e.from_state IS NOT DISTINCT FROM $4 LIMIT 1";
        let chart = record.chart.as_ref().map(|chart| &chart.as_bytes()[..]);
        let edge = sqlx::query(edge).bind(chart).bind(record.transition.as_deref()).bind(record.to.as_deref());
        let edge = execute::rows(connection, edge.bind(record.from.as_deref()), terms.is_pooled).await?;
        let Some(edge) = edge.first() else {
            return Err(Error::NotRegistered { machine: machine.clone().into_owned() }.into());
        };
        (row.machine, row.edge) = (edge.try_get(0)?, edge.try_get(1)?);
    }
    Ok(row)
}

/// Diagnoses a record that was not written.
///
/// Returns the digest if the record was written before, the error if it is refused, or [`WriteError::Again`].
pub(super) async fn diagnosed(
    connection: &mut PgConnection,
    unwritten: &Unwritten<'_>,
    terms: Terms<'_>,
) -> Result<Option<Digest>, WriteError> {
    if let Some((_, statements)) = terms.parts()
        && !identity::holds(connection, &statements.identity, terms.is_pooled).await?
    {
        return Err(WriteError::Stale);
    }
    match diagnosis(connection, &unwritten.record, unwritten.digest, terms).await? {
        Diagnosis::Written(digest) => {
            durable::confirm(connection, terms.is_pooled).await.map_err(WriteError::unconfirmed)?;
            Ok(digest)
        }
        Diagnosis::Refused(error) => Err(error.into()),
        Diagnosis::Retry => Err(WriteError::Again(None)),
    }
}

pub(super) async fn diagnosis(
    connection: &mut PgConnection,
    record: &Record,
    digest: Option<Digest>,
    terms: Terms<'_>,
) -> Result<Diagnosis, WriteError> {
    let same = match read::try_by_id(connection, record.id, terms.is_pooled).await? {
        Some(row) => Some(decode::stored(&row)?),
        None => None,
    };
    let (Some((registered, statements)), None) = (terms.parts(), &same) else {
        return Ok(same.map_or(Diagnosis::Retry, |same| diagnose_duplicate(record, digest, &same)));
    };
    let subject = record.subject.as_ref().map(|subject| &subject.id);
    let last = match subject {
        Some(subject) => read::try_last(connection, registered, statements, subject, terms.is_pooled).await?,
        None => None,
    };
    let last = last.as_ref().map_or_else(|| Ok(SubjectState::default()), read::into_last)?;
    Ok(diagnose(record, digest, registered.declaration, None, &last))
}
