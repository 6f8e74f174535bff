//! The sinks of a store in a transaction of `sqlx`.

use tollgate::sink::{Offer, Offers, Receipt};
use tollgate::{AsyncBatchSink, AsyncSink, Record};

use super::{Sealed, Transaction, Within};
use crate::Error;
use crate::backend::postgres::Postgres;
use crate::row::chain::receipts;

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

impl AsyncBatchSink for Within<'_, sqlx::Transaction<'_, sqlx::Postgres>> {
    async fn on_success_all(&mut self, records: &[Record]) -> Result<(), Error> {
        self.accept_all(Offers::new(records)).await.map(drop)
    }

    async fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Error> {
        self.postgres()?.commit_all_within(self.transaction, offers).await.map(receipts)
    }

    fn position_of(&self, error: &Error, records: &[Record]) -> Option<usize> {
        error.position_in(records)
    }
}
