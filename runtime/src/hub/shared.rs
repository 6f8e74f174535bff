//! A hub that many share: the requests of a web server, each with a sink of its own.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use super::Hub;
use crate::observer::{Failures, Observer, ObserverError};
use crate::record::Record;

/// A [`Hub`] behind a lock: each clone is an observer, in whatever thread. It is made by [`Hub::shared`].
///
/// Records are told one after the other, each to all its subscribers before the next. Those of one sink keep their
/// order; those of several are told as they come. A commit waits while another is told: what is slow belongs in the
/// background.
pub struct SharedHub<'h>(Arc<Shared<'h>>);

struct Shared<'h> {
    hub: Mutex<Hub<'h>>,
    /// Who is telling just now. A thread can find nobody here but itself or another, so that it need not be
    /// changed in one with the lock.
    teller: Mutex<Option<ThreadId>>,
}

/// A subscriber told the hub of something while it was being told itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a subscriber of the hub came back to it before it was done, and would wait for itself; let it do so afterwards or on another thread"
)]
#[non_exhaustive]
pub struct Reentered;

impl<'h> SharedHub<'h> {
    pub(super) fn new(hub: Hub<'h>) -> Self {
        Self(Arc::new(Shared { hub: Mutex::new(hub), teller: Mutex::new(None) }))
    }

    /// The hub again, where this is the last of the clones.
    #[must_use]
    pub fn into_inner(self) -> Option<Hub<'h>> {
        // A panic cannot leave a hub half changed: subscribers are isolated.
        Arc::into_inner(self.0).map(|shared| shared.hub.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// How often each subscriber has failed, in the order in which they are told.
    ///
    /// # Errors
    ///
    /// [`Reentered`], where one of them asks.
    pub fn failures(&self) -> Result<Vec<Failures>, Reentered> {
        self.with(|hub| hub.failures().cloned().collect())
    }

    fn with<T>(&self, run: impl FnOnce(&mut Hub<'h>) -> T) -> Result<T, Reentered> {
        let Shared { hub, teller } = &*self.0;
        let here = thread::current().id();
        if *locked(teller) == Some(here) {
            return Err(Reentered);
        }
        let mut hub = locked(hub);
        *locked(teller) = Some(here);
        let _leaving = Leaving(teller);
        Ok(run(&mut hub))
    }
}

/// Says that nobody is telling, whichever way it ends.
struct Leaving<'a>(&'a Mutex<Option<ThreadId>>);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        *locked(self.0) = None;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Observer for SharedHub<'_> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.with(|hub| hub.notify(record))??;
        Ok(())
    }
}

impl Clone for SharedHub<'_> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl fmt::Debug for SharedHub<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SharedHub").finish_non_exhaustive()
    }
}
