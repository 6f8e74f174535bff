//! Writes into the caller's transaction.

use rusqlite::Connection;
use tollgate::Record;
use tollgate::machine::Declaration;
use tollgate::sink::{Offer, Offers};

use super::pending::{ErrorContext, Pending};
use super::write::{dry_run, write_whole};
use super::{Access as _, Blocking, Sqlite, Statements, failure, ready_output, register};
use crate::Error;
use crate::backend::catalog::Known;
use crate::row::chain::Heads;

impl Sqlite {
    /// Writes all of the records or none in the caller's transaction.
    pub(crate) fn write_within(&self, connection: &Connection, offers: Offers<'_>) -> Result<Heads, Error> {
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

    /// Queues the record of a refusal for the writer's thread: the transaction of the caller can hold the write lock, so
    /// nothing waits for it here.
    pub(crate) fn write_later(&self, record: &Record) -> Result<(), Error> {
        let mut pending = Pending::new(std::iter::once(record), vec![self.recorded(record)?]);
        self.0.writer.commit_later(pending.changes(self.0.keeps_chain).map_err(|(_, error)| error)?)
    }

    /// Returns the machine. A connection of the store reads it without a lock. If it is not registered yet, it is registered in
    /// the caller's transaction, which may hold the write lock, and may be rolled back: so it is not cached.
    fn known_within(&self, connection: &Connection, of: &'static Declaration) -> Result<Known<Statements>, Error> {
        if let Some(known) = self.0.catalog.get(of) {
            let failed = |error| failure::database(format!("registering {}", of.chart().machine), error);
            if register::is_current(connection, &known.0).map_err(failed)? {
                return Ok(known);
            }
        }
        if let Some(registered) = ready_output(Blocking(self).read(move |connection| register::find(connection, of)))? {
            return Ok(self.0.catalog.add(registered, Statements::of(of)));
        }
        Ok((register::register(connection, of)?, Statements::of(of)).into())
    }
}
