//! Several commits in one transaction: all of them, or none.

use std::borrow::Cow;

use sqlx::{Connection as _, PgConnection};
use tollgate::sink::Offers;
use tollgate::{Digest, Record};

use super::commit::{Unwritten, Wrote, chained, diagnosed, diagnosis, row_of, write};
use super::statements::Statements;
use super::write::Terms;
use super::write_error::{Attempt, WriteError};
use super::{Postgres, durable, read};
use crate::Error;
use crate::backend::catalog::Known;
use crate::commit::diagnosis::{Diagnosis, diagnose_duplicate};
use crate::row::chain::Heads;
use crate::row::decode;

impl Postgres {
    pub(crate) async fn commit_all(&self, offers: Offers<'_>) -> Result<Heads, Error> {
        if offers.is_empty() {
            return Ok(Heads::new());
        }
        let records = offers.records();
        let mut known = Vec::with_capacity(records.len());
        for offer in offers.iter() {
            known.push(self.known(offer.record(), offer.declaration()).await?);
        }
        let mut order: Vec<usize> = (0..records.len()).collect();
        order.sort_by_key(|position| {
            let machine = known[*position].as_ref().map(|known| known.0.machine);
            (machine, records[*position].subject.as_ref().map(|subject| &subject.id))
        });
        let written = vec![Written::No; records.len()];
        self.until_known(Batch { store: self, records, known, order, written }, None).await
    }
}

/// The records of a batch, with the machine and the outcome of each.
struct Batch<'a> {
    store: &'a Postgres,
    records: &'a [Record],
    known: Vec<Option<Known<Statements>>>,
    /// The positions in the order of machines and subjects, so that two batches cannot deadlock.
    order: Vec<usize>,
    /// The outcome of each record; an earlier try may have written some.
    written: Vec<Written>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    No,
    As(Option<Digest>),
}

impl Attempt for Batch<'_> {
    type Done = Heads;

    fn record(&self) -> &Record {
        &self.records[self.order[0]]
    }

    async fn once(&mut self, connection: &mut PgConnection) -> Result<Heads, WriteError> {
        match self.attempt(connection).await {
            Err(WriteError::Refused(error)) => Err(WriteError::Refused(self.first_refused(connection, error).await)),
            attempted => attempted,
        }
    }

    async fn renew(&mut self) -> Result<(), Error> {
        for known in self.known.iter_mut().flatten() {
            *known = self.store.renewed(known).await?;
        }
        // The records that an earlier try found are not in this database.
        self.written.fill(Written::No);
        Ok(())
    }
}

impl<'a> Batch<'a> {
    /// Tries one transaction. If a record was written before, the others are tried again.
    async fn attempt(&mut self, connection: &mut PgConnection) -> Result<Heads, WriteError> {
        let Some((position, unwritten)) = self.write(connection).await? else {
            let heads = self.written.iter().map(|written| match written {
                Written::As(head) => *head,
                Written::No => None,
            });
            return Ok(heads.collect());
        };
        match diagnosed(connection, &unwritten, self.terms(position)).await {
            Ok(_) => {
                self.mark(connection).await?;
                Err(WriteError::Again(unwritten.taken))
            }
            Err(WriteError::Again(None)) => Err(WriteError::Again(unwritten.taken)),
            Err(write_error) => Err(write_error),
        }
    }

    /// Returns the error of the first refused record in the order of the batch.
    ///
    /// The records are written in another order, so earlier records of the batch may not have been tried when `refused`
    /// occurred. These are checked without writing.
    async fn first_refused(&self, connection: &mut PgConnection, refused: Error) -> Error {
        let Some(position) = refused.position_in(self.records) else { return refused };
        let tried = self.order.iter().position(|other| *other == position).unwrap_or_default();
        let mut untried: Vec<usize> = self.order[tried..].iter().copied().filter(|other| *other < position).collect();
        untried.sort_unstable();
        for earlier in untried {
            let (record, terms) = (&self.records[earlier], self.terms(earlier));
            let record = match chained(connection, record, terms).await {
                Ok(chained) => chained.unwrap_or(Cow::Borrowed(record)),
                Err(WriteError::Refused(error)) => return error,
                Err(_) => return refused,
            };
            let row = match row_of(&record, terms) {
                Ok(row) => row,
                Err(error) => return error,
            };
            match diagnosis(connection, &record, row.digest, terms).await {
                Ok(Diagnosis::Refused(error)) | Err(WriteError::Refused(error)) => return error,
                Ok(_) => {}
                Err(_) => return refused,
            }
        }
        refused
    }

    fn terms(&self, position: usize) -> Terms<'_> {
        self.store.terms(self.known[position].as_ref())
    }

    /// Writes all records. If one was not written, rolls back and returns it.
    async fn write(&mut self, connection: &mut PgConnection) -> Result<Option<(usize, Unwritten<'a>)>, WriteError> {
        let mut transaction = connection.begin().await?;
        match self.write_each(&mut transaction).await.map_err(WriteError::within) {
            Ok(Ok(all)) => {
                transaction.commit().await.map_err(WriteError::writing)?;
                self.written = all;
                Ok(None)
            }
            Ok(Err(unwritten)) => {
                transaction.rollback().await?;
                Ok(Some(unwritten))
            }
            Err(WriteError::Lost { error, is_open }) => Err(WriteError::Lost { error, is_open }),
            Err(write_error) => {
                // Without the rollback, the locks are held until the connection is used again.
                transaction.rollback().await?;
                Err(write_error)
            }
        }
    }

    /// Returns the digests of all records, or the first record that was not written.
    async fn write_each(
        &self,
        transaction: &mut PgConnection,
    ) -> Result<Result<Vec<Written>, (usize, Unwritten<'a>)>, WriteError> {
        let mut all = self.written.clone();
        for position in self.order.iter().copied() {
            if self.written[position] != Written::No {
                continue;
            }
            match write(transaction, &self.records[position], self.terms(position)).await? {
                Wrote::Written(row) => all[position] = Written::As(row.digest),
                Wrote::Nothing(unwritten) => return Ok(Err((position, *unwritten))),
            }
        }
        Ok(Ok(all))
    }

    /// Marks the records that an earlier try has written.
    async fn mark(&mut self, connection: &mut PgConnection) -> Result<(), WriteError> {
        for (record, written) in self.records.iter().zip(&mut self.written) {
            if *written != Written::No {
                continue;
            }
            if let Some(row) = read::try_by_id(connection, record.id, self.store.0.is_pooled).await? {
                let same = decode::stored(&row)?;
                match diagnose_duplicate(record, None, &same) {
                    Diagnosis::Refused(error) => return Err(error.into()),
                    _ => *written = Written::As(same.digest),
                }
            }
        }
        durable::confirm(connection, self.store.0.is_pooled).await.map_err(WriteError::unconfirmed)
    }
}
