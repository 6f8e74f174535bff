//! Several commits in one transaction: all of them, or none.

use sqlx::{Connection as _, PgConnection};
use tollgate::__private::{Declarations, Heads};
use tollgate::{Digest, Record};

use super::commit::{Denied, TRIES, Terms, Wrote, given_up, judged, pause, write};
use super::failure::{Fate, fate};
use super::statements::Statements;
use super::{Postgres, database, read};
use crate::Error;
use crate::registered::Known;
use crate::verdict::{Verdict, judge_same};

/// The records of a batch, and what is known of each.
pub(super) struct Batch<'a> {
    records: &'a [Record],
    known: Vec<Option<Known<Statements>>>,
    /// In the order of machines and subjects, so that two batches do not wait for each other.
    order: Vec<usize>,
    /// The digests of those that were written, some perhaps by an earlier try.
    written: Vec<Option<Option<Digest>>>,
}

/// What came of a transaction.
enum Tried {
    Done,
    Refused(Error),
    Again(Option<sqlx::Error>),
    Lost { error: sqlx::Error, is_open: bool },
}

impl Postgres {
    pub(crate) async fn commit_all(&self, records: &[Record], of: Declarations<'_>) -> Result<Heads, Error> {
        let mut batch = self.batch(records, of).await?;
        let Some(first) = records.first() else { return Ok(Heads::new()) };
        let unknown = |error: sqlx::Error| Error::Unknown { record: first.id, source: Box::new(error) };
        let mut open: Option<sqlx::Error> = None;
        let mut is_second = false;
        let mut tries = 0;
        loop {
            let connection = if is_second { self.living().await } else { self.connection().await };
            let mut connection = match (connection, open.take()) {
                (Ok(connection), still) => {
                    open = still;
                    connection
                }
                (Err(_), Some(lost)) => return Err(unknown(lost)),
                (Err(error), None) => return Err(error),
            };
            let tried = self.try_all(&mut connection, &mut batch).await;
            if let Tried::Lost { error, is_open } = tried {
                drop(connection);
                if is_second {
                    let is_open = is_open || open.is_some();
                    return Err(if is_open { unknown(error) } else { database("writing records")(error) });
                }
                is_second = true;
                open = is_open.then_some(error);
                continue;
            }
            connection.release();
            tries += 1;
            match (tried, open.take()) {
                (Tried::Done, _) => return Ok(batch.written.into_iter().map(Option::flatten).collect()),
                (Tried::Again(_), lost) if tries < TRIES => {
                    open = lost;
                    tokio::time::sleep(pause(first, tries)).await;
                }
                (Tried::Refused(Error::Database { .. }) | Tried::Again(_), Some(lost)) => return Err(unknown(lost)),
                (Tried::Refused(error), _) => return Err(error),
                (Tried::Again(error), None) => return Err(given_up(error)),
                (Tried::Lost { .. }, _) => unreachable!("it was handled above"),
            }
        }
    }

    async fn batch<'a>(&self, records: &'a [Record], of: Declarations<'_>) -> Result<Batch<'a>, Error> {
        let mut known = Vec::with_capacity(records.len());
        for (record, of) in records.iter().zip(of) {
            known.push(self.known(record, *of).await?);
        }
        let mut order: Vec<usize> = (0..records.len()).collect();
        order.sort_by_key(|position| {
            let machine = known[*position].as_ref().map(|known| known.0.machine);
            (machine, records[*position].subject.as_ref().map(|subject| &subject.id))
        });
        Ok(Batch { records, known, order, written: vec![None; records.len()] })
    }

    /// One transaction. Those that turn out to have been written before are marked so, and the rest is tried again.
    async fn try_all(&self, connection: &mut PgConnection, batch: &mut Batch<'_>) -> Tried {
        let lost = |error: sqlx::Error, is_open| match fate(&error) {
            Fate::Lost => Tried::Lost { error, is_open },
            Fate::Undone | Fate::Taken => Tried::Again(Some(error)),
            Fate::Refused => Tried::Refused(database("writing records")(error)),
        };
        let done = self.write_all(connection, batch).await;
        match done {
            Ok(None) => Tried::Done,
            Ok(Some((position, digest, record, taken))) => {
                let terms = self.terms(batch.known[position].as_ref());
                match judged(connection, &record, digest, terms).await {
                    Ok(Verdict::Written(_)) => match mark(connection, batch).await {
                        Ok(()) => Tried::Again(taken),
                        Err(Denied::Error(error)) => Tried::Refused(error),
                        Err(Denied::Driver(error) | Denied::Open(error)) => lost(error, false),
                    },
                    Ok(Verdict::Refused(error)) => Tried::Refused(error),
                    Ok(Verdict::TryAgain) => Tried::Again(taken),
                    Err(Denied::Error(error)) => Tried::Refused(error),
                    Err(Denied::Driver(error) | Denied::Open(error)) => lost(error, false),
                }
            }
            Err(Denied::Error(error)) => Tried::Refused(error),
            Err(Denied::Driver(error)) => lost(error, false),
            Err(Denied::Open(error)) => lost(error, true),
        }
    }

    /// Gives the first that was not written, after everything was undone.
    async fn write_all(
        &self,
        connection: &mut PgConnection,
        batch: &mut Batch<'_>,
    ) -> Result<Option<Unwritten>, Denied> {
        let mut transaction = connection.begin().await?;
        let mut written = batch.written.clone();
        for position in batch.order.iter().copied().filter(|position| batch.written[*position].is_none()) {
            let terms: Terms<'_> = self.terms(batch.known[position].as_ref());
            // Before the transaction commits nothing of it is there: the loss of a connection leaves nothing open.
            let wrote = write(&mut transaction, &batch.records[position], terms).await.map_err(Denied::closed)?;
            match wrote {
                Wrote::Written(digest) => written[position] = Some(digest),
                Wrote::Nothing { record, digest, taken } => {
                    let record = record.into_owned();
                    transaction.rollback().await?;
                    return Ok(Some((position, digest, record, taken)));
                }
            }
        }
        transaction.commit().await.map_err(Denied::Open)?;
        batch.written = written;
        Ok(None)
    }
}

type Unwritten = (usize, Option<Digest>, Record, Option<sqlx::Error>);

/// Marks all those of the batch that an earlier try has written.
async fn mark(connection: &mut PgConnection, batch: &mut Batch<'_>) -> Result<(), Denied> {
    for (record, written) in batch.records.iter().zip(&mut batch.written) {
        if let (None, Some(row)) = (&written, read::try_by_id(connection, record.id).await?) {
            let same = read::stored(&row)?;
            let digest = same.digest;
            match judge_same(record, None, &same) {
                Verdict::Written(_) => *written = Some(digest),
                Verdict::Refused(error) => return Err(error.into()),
                Verdict::TryAgain => {}
            }
        }
    }
    Ok(())
}
