//! The sinks of a store in a transaction of `rusqlite`.

use std::future::{Ready, ready};

use tollgate::sink::{Offer, Offers, Receipt};
use tollgate::{AsyncBatchSink, AsyncSink, BatchSink, Record, Sink};

use super::{Sealed, Transaction, Within};
use crate::backend::sqlite::Sqlite;
use crate::row::chain::{Heads, receipts};
use crate::{Error, Store};

fn sqlite(store: &Store) -> Result<&Sqlite, Error> {
    store.as_sqlite().ok_or(Error::OtherDatabase { transaction: "SQLite", store: "Postgres" })
}

macro_rules! within {
    ($($transaction:ident)*) => {$(
        impl Sealed for rusqlite::$transaction<'_> {}
        impl Transaction for rusqlite::$transaction<'_> {}

        impl<'t, 'c> Within<'t, rusqlite::$transaction<'c>> {
            fn write(&self, offers: Offers<'_>) -> Result<Heads, Error> {
                sqlite(self.store)?.write_within(self.transaction, offers)
            }

            fn refuse(&self, record: &Record) -> Result<(), Error> {
                if self.keeps_refusals {
                    return sqlite(self.store)?.write_later(record);
                }
                self.write_one(Offer::new(record)).map(drop)
            }

            fn write_one(&self, offer: Offer<'_>) -> Result<Receipt, Error> {
                let heads = self.write(Offers::from(&offer))?;
                Ok(heads.into_iter().next().flatten().into())
            }
        }

        impl Sink for Within<'_, rusqlite::$transaction<'_>> {
            type Error = Error;

            fn on_success(&mut self, record: &Record) -> Result<(), Error> {
                self.write_one(Offer::new(record)).map(drop)
            }

            fn on_refusal(&mut self, record: &Record) -> Result<(), Error> {
                self.refuse(record)
            }

            fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Error> {
                self.write_one(offer)
            }
        }

        impl BatchSink for Within<'_, rusqlite::$transaction<'_>> {
            fn on_success_all(&mut self, records: &[Record]) -> Result<(), Error> {
                self.write(Offers::new(records)).map(drop)
            }

            fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Error> {
                self.write(offers).map(receipts)
            }

            fn position_of(&self, error: &Error, records: &[Record]) -> Option<usize> {
                error.position_in(records)
            }
        }

        // A connection of SQLite cannot go to another thread while it is borrowed. So each method does its work when it is
        // called, and returns a future that is ready.
        impl AsyncSink for Within<'_, rusqlite::$transaction<'_>> {
            type Error = Error;

            #[allow(refining_impl_trait, reason = "that the future is ready is part of the promise")]
            fn on_success(&mut self, record: &Record) -> Ready<Result<(), Error>> {
                ready(self.write_one(Offer::new(record)).map(drop))
            }

            #[allow(refining_impl_trait, reason = "that the future is ready is part of the promise")]
            fn on_refusal(&mut self, record: &Record) -> Ready<Result<(), Error>> {
                ready(self.refuse(record))
            }

            #[allow(refining_impl_trait, reason = "that the future is ready is part of the promise")]
            fn accept(&mut self, offer: Offer<'_>) -> Ready<Result<Receipt, Error>> {
                ready(self.write_one(offer))
            }
        }

        impl AsyncBatchSink for Within<'_, rusqlite::$transaction<'_>> {
            #[allow(refining_impl_trait, reason = "that the future is ready is part of the promise")]
            fn on_success_all(&mut self, records: &[Record]) -> Ready<Result<(), Error>> {
                ready(self.write(Offers::new(records)).map(drop))
            }

            #[allow(refining_impl_trait, reason = "that the future is ready is part of the promise")]
            fn accept_all(&mut self, offers: Offers<'_>) -> Ready<Result<Vec<Receipt>, Error>> {
                ready(self.write(offers).map(receipts))
            }

            fn position_of(&self, error: &Error, records: &[Record]) -> Option<usize> {
                error.position_in(records)
            }
        }
    )*};
}

within!(Transaction Savepoint);
