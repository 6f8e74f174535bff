//! Access to the connections of a store, for tasks or blocking the calling thread. The steps of a commit are written once
//! for both.

use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rusqlite::Connection;
use tollgate::machine::Declaration;
use tollgate::sink::{Offer, Offers};
use tollgate::uuid::Uuid;
use tollgate::{Digest, Id};

use super::pending::Pending;
use super::write::{Change, WriteOutcome, dry_run};
use super::writer::Reply;
use super::{Sqlite, Statements, read, register};
use crate::Error;
use crate::backend::catalog::Known;
use crate::commit::diagnosis::SubjectState;
use crate::row::Stored;
use crate::row::chain::Heads;
use crate::schema::registered::Registered;

/// A way to wait for the connections.
pub(crate) trait Access: Sync {
    fn sqlite(&self) -> &Sqlite;

    /// Runs a job on a connection that does not wait for the writer.
    fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> impl Future<Output = Result<T, Error>> + Send;

    /// Runs a job on the connection that writes, outside of a transaction.
    fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> impl Future<Output = Result<T, Error>> + Send;

    /// Writes the changes of one commit.
    fn write(&self, changes: Vec<Change>) -> impl Future<Output = Result<Reply, Error>> + Send;

    /// Registers the machine, or finds it as it is registered now.
    fn register(&self, of: &'static Declaration) -> impl Future<Output = Result<Known<Statements>, Error>> + Send {
        async move {
            let core = &self.sqlite().0;
            let found = self.read(finding(of)).await?;
            let registered = if let Some(registered) = found {
                registered
            } else {
                self.call(registering(of, core.timeout)).await?
            };
            Ok(core.catalog.add(registered, Statements::of(of)))
        }
    }

    /// Writes the record. Returns the head of its subject's chain.
    fn commit(&self, offer: Offer<'_>) -> impl Future<Output = Result<Option<Digest>, Error>> + Send {
        async move {
            let heads = self.commit_all(Offers::from(&offer)).await?;
            Ok(heads.into_iter().next().flatten())
        }
    }

    /// Writes all of the records or none.
    fn commit_all(&self, offers: Offers<'_>) -> impl Future<Output = Result<Heads, Error>> + Send {
        async move {
            if offers.is_empty() {
                return Ok(Heads::new());
            }
            match attempt(self, offers, true).await? {
                Some(heads) => Ok(heads),
                // The database was restored to another point, and the machines are registered again.
                None => Ok(attempt(self, offers, false).await?.unwrap_or_default()),
            }
        }
    }

    /// Returns the state of a subject.
    fn last(&self, of: &'static Declaration, subject: &Id) -> impl Future<Output = Result<SubjectState, Error>> + Send {
        async move {
            let last = self.read(reading_state(known(self, of).await?, subject.clone())).await?;
            if let Some(last) = last {
                return Ok(last);
            }
            let last = self.read(reading_state(self.register(of).await?, subject.clone())).await?;
            last.ok_or_else(|| Error::NotRegistered { machine: of.chart().machine.to_owned() })
        }
    }

    /// Returns the record of this id, if it was written.
    fn outcome(&self, record: Uuid) -> impl Future<Output = Result<Option<Stored>, Error>> + Send {
        self.read(move |connection| read::outcome(connection, record))
    }
}

/// The store for tasks: it never blocks their threads.
pub(crate) struct NonBlocking<'s>(pub(super) &'s Sqlite);

impl Access for NonBlocking<'_> {
    fn sqlite(&self) -> &Sqlite {
        self.0
    }

    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        match &self.0.0.readers {
            Some(readers) => readers.read(job).await,
            None => self.0.0.writer.call(job).await,
        }
    }

    async fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.0.0.writer.call(job).await
    }

    async fn write(&self, changes: Vec<Change>) -> Result<Reply, Error> {
        self.0.0.writer.commit(changes).await
    }
}

/// The store for the calling thread, which it blocks: the futures are ready when they are first polled.
pub(crate) struct Blocking<'s>(pub(crate) &'s Sqlite);

impl Access for Blocking<'_> {
    fn sqlite(&self) -> &Sqlite {
        self.0
    }

    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        match &self.0.0.readers {
            Some(readers) => readers.read_blocking(job),
            None => self.0.0.writer.call_blocking(job),
        }
    }

    async fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.0.0.writer.call_blocking(job)
    }

    async fn write(&self, changes: Vec<Change>) -> Result<Reply, Error> {
        self.0.0.writer.commit_blocking(changes)
    }
}

/// Returns the output of a future that never waits.
pub(crate) fn ready_output<F: Future>(future: F) -> F::Output {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("a blocking call is ready when it returns"),
    }
}

async fn known<A: Access + ?Sized>(access: &A, of: &'static Declaration) -> Result<Known<Statements>, Error> {
    match access.sqlite().0.catalog.get(of) {
        Some(known) => Ok(known),
        None => access.register(of).await,
    }
}

/// Writes all of the records or none. None if nothing was written because the id of a machine has changed, and it may be
/// registered again.
async fn attempt<A: Access + ?Sized>(access: &A, offers: Offers<'_>, may_renew: bool) -> Result<Option<Heads>, Error> {
    let core = &access.sqlite().0;
    let mut machines = Vec::with_capacity(offers.len());
    for offer in offers.iter() {
        machines.push(match offer.declaration() {
            Some(of) => Some(known(access, of).await?),
            None => access.sqlite().recorded(offer.record())?,
        });
    }
    let mut pending = Pending::new(offers.records().iter(), machines);
    if core.keeps_chain {
        for predecessor in pending.unchained() {
            let predecessor = Arc::new(predecessor);
            let read = Arc::clone(&predecessor);
            pending.chain(&predecessor, access.read(move |connection| read.digest(connection)).await?);
        }
    }
    let mut changes = match pending.changes(core.keeps_chain) {
        Ok(changes) => changes,
        Err((earlier, error)) => {
            let (earlier, outcome) = access.call(dry_run_of(earlier)).await?;
            return Err(pending.first_error(earlier, outcome, error, &core.error_context()));
        }
    };
    while !changes.is_empty() {
        let (written, outcome) = access.write(changes).await?;
        if may_renew && matches!(outcome, WriteOutcome::Stale) {
            for of in pending.declarations() {
                access.register(of).await?;
            }
            return Ok(None);
        }
        changes = pending.settle(written, outcome, &core.error_context())?;
    }
    Ok(Some(pending.into_heads()))
}

/// Returns a job that finds out whether one of these records would be refused, and writes none.
fn dry_run_of(
    earlier: Vec<Change>,
) -> impl FnOnce(&Connection) -> Result<(Vec<Change>, WriteOutcome), Error> + Send + 'static {
    move |connection| {
        let outcome = dry_run(connection, &earlier);
        Ok((earlier, outcome))
    }
}

/// A function, because in older compilers a future is not `Send` if it holds a closure with a `&'static Declaration`.
fn finding(of: &'static Declaration) -> impl FnOnce(&Connection) -> Result<Option<Registered>, Error> + Send + 'static {
    move |connection| register::find(connection, of)
}

/// A function for the same reason.
fn registering(
    of: &'static Declaration,
    timeout: Duration,
) -> impl FnOnce(&Connection) -> Result<Registered, Error> + Send + 'static {
    move |connection| register::register_at_once(connection, of, timeout)
}

/// Returns a job that reads the state of a subject. None if the id of the machine has changed.
fn reading_state(
    known: Known<Statements>,
    subject: Id,
) -> impl FnOnce(&Connection) -> Result<Option<SubjectState>, Error> + Send + 'static {
    move |connection| read::last_at_once(connection, &known, &subject)
}
