//! The store in the user's own transaction on Postgres.

use std::sync::PoisonError;

use sqlx::PgConnection;
use tollgate::machine::Declaration;
use tollgate::sink::{Offer, Offers, Receipt};
use tollgate::{AsyncBatchSink, AsyncSink, Digest, Record};

use super::commit::{Unwritten, Wrote, diagnosed, write};
use super::identity::{self, Identity};
use super::write::Terms;
use super::write_error::{TRIES, WriteError};
use super::{Postgres, database};
use crate::Error;
use crate::store::within::{Sealed, Transaction, Within};

impl Sealed for sqlx::Transaction<'_, sqlx::Postgres> {}
impl Transaction for sqlx::Transaction<'_, sqlx::Postgres> {}

impl<T> Within<'_, T> {
    fn postgres(&self) -> Result<Postgres, Error> {
        let store = self.store.as_postgres().cloned();
        store.ok_or(Error::OtherDatabase { transaction: "Postgres", store: "SQLite" })
    }
}

impl AsyncSink for Within<'_, sqlx::Transaction<'_, sqlx::Postgres>> {
    type Error = Error;

    async fn on_success(&mut self, record: &Record) -> Result<(), Error> {
        self.accept(Offer::new(record)).await.map(drop)
    }

    async fn on_refusal(&mut self, record: &Record) -> Result<(), Error> {
        if self.keeps_refusals {
            return self.postgres()?.commit(Offer::new(record)).await.map(drop);
        }
        self.accept(Offer::new(record)).await.map(drop)
    }

    async fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Error> {
        let head = self.postgres()?.commit_within(self.transaction, offer.record(), offer.declaration()).await?;
        Ok(head.into())
    }
}

/// All or none: if one is refused, the others are rolled back to a savepoint.
impl AsyncBatchSink for Within<'_, sqlx::Transaction<'_, sqlx::Postgres>> {
    async fn on_success_all(&mut self, records: &[Record]) -> Result<(), Error> {
        self.accept_all(Offers::new(records)).await.map(drop)
    }

    async fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Error> {
        let store = self.postgres()?;
        let failed = || database("writing records within a transaction");
        let mut savepoint = sqlx::Connection::begin(&mut **self.transaction).await.map_err(failed())?;
        let mut receipts = Vec::with_capacity(offers.len());
        for offer in offers.iter() {
            match store.commit_within(&mut savepoint, offer.record(), offer.declaration()).await {
                Ok(head) => receipts.push(head.into()),
                Err(error) => {
                    savepoint.rollback().await.map_err(failed())?;
                    return Err(error);
                }
            }
        }
        savepoint.commit().await.map_err(failed())?;
        Ok(receipts)
    }

    fn position_of(&self, error: &Error, records: &[Record]) -> Option<usize> {
        error.position_in(records)
    }
}

impl Postgres {
    /// What is lost here is the transaction, and with it all that was done in it: nothing is left open.
    async fn commit_within(
        &self,
        connection: &mut PgConnection,
        record: &Record,
        of: Option<&'static Declaration>,
    ) -> Result<Option<Digest>, Error> {
        let failed = || database("writing a record within a transaction");
        // Edges and machines have other numbers in another database, and behind another search path.
        let seen = identity::read(connection, self.0.is_pooled).await.map_err(failed())?;
        if !self.is_of_store(seen).await? {
            return Err(Error::OtherDatabase {
                transaction: "another database or schema of Postgres",
                store: "one that the transaction does not see",
            });
        }
        // By a connection of the store's own: it is to stay whatever becomes of the transaction.
        let mut known = self.known(record, of).await?;
        for _ in 0..TRIES {
            let terms = Terms { is_hand_written: of.is_none(), ..self.terms(known.as_ref()) };
            let unwritten = match write(connection, record, terms).await.map_err(WriteError::into_error)? {
                Wrote::Written(row) => return Ok(row.digest),
                Wrote::Nothing(unwritten) => unwritten,
            };
            if let Some(error) = unwritten.taken {
                // The transaction is aborted: another connection reads the reason.
                let mut own = self.living().await?;
                let diagnosed = diagnosed(&mut own, &Unwritten { taken: None, ..*unwritten }, terms).await;
                own.release();
                return match diagnosed {
                    Err(WriteError::Refused(error)) => Err(error),
                    _ => Err(failed()(error)),
                };
            }
            match diagnosed(connection, &unwritten, terms).await {
                Ok(digest) => return Ok(digest),
                Err(WriteError::Again(None)) => {}
                Err(WriteError::Stale) => match &mut known {
                    Some(known) => *known = self.renewed(known).await?,
                    None => return Err(WriteError::Stale.into_error()),
                },
                Err(write_error) => return Err(write_error.into_error()),
            }
        }
        Err(WriteError::Again(None).into_error())
    }

    /// Whether this is the database of the store. If it was restored its table of records is another one.
    async fn is_of_store(&self, seen: Option<Identity>) -> Result<bool, Error> {
        let kept = || self.0.identity.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(seen) = seen else { return Ok(false) };
        if *kept() == seen {
            return Ok(true);
        }
        let mut own = self.living().await?;
        let mine =
            identity::read(&mut own, self.0.is_pooled).await.map_err(database("looking at the table of records"))?;
        own.release();
        let is_same = mine.as_ref() == Some(&seen);
        if is_same {
            *kept() = seen;
        }
        Ok(is_same)
    }
}
