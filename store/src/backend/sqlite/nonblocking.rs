//! The store for tasks: it never blocks their threads.

use std::sync::Arc;

use tollgate::machine::Declaration;
use tollgate::sink::{Offer, Offers};
use tollgate::uuid::Uuid;
use tollgate::{Digest, Id};

use super::pending::Pending;
use super::write::WriteOutcome;
use super::{Sqlite, Statements, dry_run_of, not_registered, read, reading_state, register};
use crate::Error;
use crate::backend::catalog::Known;
use crate::commit::diagnosis::SubjectState;
use crate::row::Stored;
use crate::row::chain::Heads;

/// The functions that [`Store`](crate::Store) calls.
pub(crate) struct NonBlocking<'s>(pub(super) &'s Sqlite);

impl NonBlocking<'_> {
    async fn known(&self, of: &'static Declaration) -> Result<Known<Statements>, Error> {
        match self.0.0.catalog.get(of) {
            Some(known) => Ok(known),
            None => self.register(of).await,
        }
    }

    /// The machine as it is registered now.
    pub(crate) async fn register(&self, of: &'static Declaration) -> Result<Known<Statements>, Error> {
        let core = &self.0.0;
        let found = self.0.read(move |connection| register::find(connection, of)).await?;
        let registered = if let Some(registered) = found {
            registered
        } else {
            let timeout = core.timeout;
            core.writer.call(move |connection| register::register_at_once(connection, of, timeout)).await?
        };
        Ok(core.catalog.add(registered, Statements::of(of)))
    }

    pub(crate) async fn commit(&self, offer: Offer<'_>) -> Result<Option<Digest>, Error> {
        let heads = self.commit_all(Offers::from(&offer)).await?;
        Ok(heads.into_iter().next().flatten())
    }

    pub(crate) async fn commit_all(&self, offers: Offers<'_>) -> Result<Heads, Error> {
        if offers.is_empty() {
            return Ok(Heads::new());
        }
        match self.attempt(offers, true).await? {
            Some(heads) => Ok(heads),
            // The database was restored to another point, and the machines are registered again.
            None => Ok(self.attempt(offers, false).await?.unwrap_or_default()),
        }
    }

    /// Writes all of the records or none. None if nothing was written because the id of a machine has changed, and it may be
    /// registered again.
    async fn attempt(&self, offers: Offers<'_>, may_renew: bool) -> Result<Option<Heads>, Error> {
        let core = &self.0.0;
        let mut known = Vec::with_capacity(offers.len());
        for offer in offers.iter() {
            known.push(match offer.declaration() {
                Some(of) => Some(self.known(of).await?),
                None => self.0.recorded(offer.record())?,
            });
        }
        let mut pending = Pending::new(offers.records().iter(), known);
        if core.keeps_chain {
            for before in pending.unchained() {
                let before = Arc::new(before);
                let asked = Arc::clone(&before);
                pending.chain(&before, self.0.read(move |connection| asked.digest(connection)).await?);
            }
        }
        let mut changes = match pending.changes(core.keeps_chain) {
            Ok(changes) => changes,
            Err((earlier, error)) => {
                let (earlier, outcome) = core.writer.call(dry_run_of(earlier)).await?;
                return Err(pending.first_error(earlier, outcome, error, &core.error_context()));
            }
        };
        while !changes.is_empty() {
            let (asked, outcome) = core.writer.commit(changes).await?;
            if may_renew && matches!(outcome, WriteOutcome::Stale) {
                for of in pending.declarations() {
                    self.register(of).await?;
                }
                return Ok(None);
            }
            changes = pending.settle(asked, outcome, &core.error_context())?;
        }
        Ok(Some(pending.into_heads()))
    }

    pub(crate) async fn last(&self, of: &'static Declaration, subject: &Id) -> Result<SubjectState, Error> {
        let last = self.0.read(reading_state(self.known(of).await?, subject.clone())).await?;
        if let Some(last) = last {
            return Ok(last);
        }
        let last = self.0.read(reading_state(self.register(of).await?, subject.clone())).await?;
        last.ok_or_else(|| not_registered(of))
    }

    pub(crate) async fn outcome(&self, record: Uuid) -> Result<Option<Stored>, Error> {
        self.0.read(move |connection| read::outcome(connection, record)).await
    }
}
