//! The store in a transaction of the user's.

use std::future::{Ready, ready};

use rusqlite::Connection;
use tollgate::machine::Declaration;
use tollgate::sink::{Offer, Offers, Receipt};
use tollgate::{AsyncBatchSink, AsyncSink, BatchSink, Record, Sink};

use super::pending::{ErrorContext, Pending};
use super::write::{dry_run, write_whole};
use super::{Sqlite, Statements, failure, register};
use crate::chain::{Heads, receipts};
use crate::registered::Known;
use crate::within::{Sealed, Transaction};
use crate::{Error, Store, Within};

impl Sqlite {
    /// Writes all of the records or none in a transaction that is somebody else's.
    fn write_within(&self, connection: &Connection, offers: Offers<'_>) -> Result<Heads, Error> {
        if self.0.path.is_empty() || connection.path() != Some(&self.0.path) {
            return Err(Error::OtherDatabase {
                transaction: "another database in SQLite",
                store: "one that the transaction cannot reach",
            });
        }
        if offers.is_empty() {
            return Ok(Heads::new());
        }
        if let Some(files) = &self.0.files {
            files.check()?;
        }
        let machine = |offer: Offer<'_>| {
            let recorded = || Ok::<_, Error>(self.recorded(offer.record())?.map(|known| known.0.declaration));
            let of = offer.declaration().map_or_else(recorded, |of| Ok(Some(of)))?;
            of.map(|of| self.known_within(connection, of)).transpose()
        };
        let known = offers.iter().map(machine).collect::<Result<_, _>>()?;
        let mut pending = Pending::new(offers.records().iter(), known);
        if self.0.keeps_chain {
            for before in pending.unchained() {
                pending.chain(&before, before.digest(connection)?);
            }
        }
        // How long its connection waits for a lock is the user's.
        let at = ErrorContext { location: &self.0.location, timeout: None };
        let mut changes = match pending.changes(self.0.keeps_chain) {
            Ok(changes) => changes,
            Err((earlier, error)) => {
                let outcome = dry_run(connection, &earlier);
                return Err(pending.first_error(earlier, outcome, error, &at));
            }
        };
        while !changes.is_empty() {
            let outcome = write_whole(connection, &changes);
            changes = pending.settle(changes, outcome, &at)?;
        }
        Ok(pending.into_heads())
    }

    /// The machine: looked up by a connection of the store's own, which needs no lock. What is not on record yet is put
    /// there in this transaction, which may hold the write lock, and may be rolled back: so it is not remembered.
    fn known_within(&self, connection: &Connection, of: &'static Declaration) -> Result<Known<Statements>, Error> {
        if let Some(known) = self.0.catalog.get(of) {
            let failed = |error| failure::database(format!("registering {}", of.chart().machine), error);
            if register::is_current(connection, &known.0).map_err(failed)? {
                return Ok(known);
            }
        }
        if let Some(registered) = self.read_blocking(move |connection| register::find(connection, of))? {
            return Ok(self.0.catalog.add(registered, Statements::of(of)));
        }
        Ok((register::register(connection, of)?, Statements::of(of)).into())
    }
}

fn write(store: &Store, connection: &Connection, offers: Offers<'_>) -> Result<Heads, Error> {
    let Some(sqlite) = store.as_sqlite() else {
        return Err(Error::OtherDatabase { transaction: "SQLite", store: "Postgres" });
    };
    sqlite.write_within(connection, offers)
}

/// Queues the record of a refusal. The transaction of the caller can hold the write lock, so nothing waits for it here.
fn write_later(store: &Store, record: &Record) -> Result<(), Error> {
    let Some(sqlite) = store.as_sqlite() else {
        return Err(Error::OtherDatabase { transaction: "SQLite", store: "Postgres" });
    };
    let mut pending = Pending::new(std::iter::once(record), vec![sqlite.recorded(record)?]);
    sqlite.0.writer.commit_later(pending.changes(sqlite.0.keeps_chain).map_err(|(_, error)| error)?)
}

macro_rules! within {
    ($($transaction:ident)*) => {$(
        impl Sealed for rusqlite::$transaction<'_> {}
        impl Transaction for rusqlite::$transaction<'_> {}

        impl<'t, 'c> Within<'t, rusqlite::$transaction<'c>> {
            fn write(&self, offers: Offers<'_>) -> Result<Heads, Error> {
                write(self.store, self.transaction, offers)
            }

            fn refuse(&self, record: &Record) -> Result<(), Error> {
                if self.keeps_refusals {
                    return write_later(self.store, record);
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

        // A connection of SQLite cannot go to another thread while it is borrowed. So the work is done when it is asked
        // for, and the future is only its answer.
        impl AsyncSink for Within<'_, rusqlite::$transaction<'_>> {
            type Error = Error;

            #[allow(refining_impl_trait, reason = "that the answer is there already is part of the promise")]
            fn on_success(&mut self, record: &Record) -> Ready<Result<(), Error>> {
                ready(self.write_one(Offer::new(record)).map(drop))
            }

            #[allow(refining_impl_trait, reason = "that the answer is there already is part of the promise")]
            fn on_refusal(&mut self, record: &Record) -> Ready<Result<(), Error>> {
                ready(self.refuse(record))
            }

            #[allow(refining_impl_trait, reason = "that the answer is there already is part of the promise")]
            fn accept(&mut self, offer: Offer<'_>) -> Ready<Result<Receipt, Error>> {
                ready(self.write_one(offer))
            }
        }

        impl AsyncBatchSink for Within<'_, rusqlite::$transaction<'_>> {
            #[allow(refining_impl_trait, reason = "that the answer is there already is part of the promise")]
            fn on_success_all(&mut self, records: &[Record]) -> Ready<Result<(), Error>> {
                ready(self.write(Offers::new(records)).map(drop))
            }

            #[allow(refining_impl_trait, reason = "that the answer is there already is part of the promise")]
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
