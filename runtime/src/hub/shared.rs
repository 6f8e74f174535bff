//! A hub that is shared: by the requests of a web server, each with its own sink.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use super::{Catalog, Hub, delivery};
use crate::observer::{Failures, Observer, ObserverError, Origin, isolated};
use crate::record::Record;

/// A [`Hub`] behind a lock. Each clone is an observer, on any thread. [`Hub::shared`] creates it.
///
/// Each record is delivered to all its subscribers before the next. The records of one sink keep their order; those of
/// several sinks are delivered in the order in which they arrive. A commit waits while another thread notifies, so put slow
/// subscribers into the [`Background`](crate::observer::Background).
///
/// # Hubs whose subscribers commit
///
/// A subscriber can commit to a sink that notifies another shared hub. Two such hubs, or a ring of them, cannot deadlock,
/// because a thread that is in a hub never waits for another one:
///
/// | the thread that notifies | the hub is free | the hub is in use |
/// | --- | --- | --- |
/// | is in no hub | it delivers | it waits, then it delivers |
/// | is in another hub, or notifies the observers of a durable file | it delivers | it adds the record to the hub's queue and continues |
/// | is in this hub | | [`Reentered`] |
///
/// The thread that uses the hub delivers the queue before it returns, and before its own record, so no record is lost
/// and the order of each sink is kept. `observe` of a queued record returns `Ok` before the record is delivered, on another
/// thread. A failure is then counted and reported by the hub.
///
/// A record that is committed because of another one must not return to a hub that delivers that other one: this is
/// [`Reentered`], whether the records are delivered at once or from a queue. So no record circulates in a ring of hubs
/// without end. If a subscriber must notify its own hub, put a `Background` between them; it must not wait for a free place
/// ([`WhenFull::DropAndCount`](crate::observer::WhenFull::DropAndCount)).
///
/// A durable file is not a hub: a commit waits for the file, also in a subscriber. Two files whose observers commit into
/// each other's file can deadlock, with or without hubs between them. Let one of them be notified through a `Background`.
///
/// # Subscribers that come and go
///
/// [`change`](SharedHub::change) adds and removes subscribers while the hub is in use:
///
/// ```
/// use tollgate::events::Login;
/// use tollgate::{Event, Hub, Observer, Record, sink};
///
/// let shared = Hub::new().shared();
/// let greeter = shared.change(|hub| {
///     let greeter = hub.on::<Login>(|_, record| println!("{:?} signed in", record.actor))?;
///     Ok::<_, tollgate::hub::RegistrationError>(greeter.subscription())
/// })??;
/// Login.occurred().by("ann").commit(sink::adapt(Vec::new()).observed_by(shared.clone()))?;
/// let counts = shared.change(|hub| hub.unsubscribe(greeter))?.ok_or("not subscribed")?;
/// assert_eq!(counts.total(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SharedHub<'h>(Arc<HubState<'h>>);

struct HubState<'h> {
    id: u64,
    hub: Mutex<Hub<'h>>,
    pending: Mutex<VecDeque<Pending<'h>>>,
}

/// A record, or a change, that another thread has queued.
struct Pending<'h> {
    /// The hubs in which that thread was.
    path: Vec<u64>,
    run: Box<dyn FnOnce(&mut Hub<'h>) + Send + 'h>,
}

/// A thread notified or used a hub that it was using already: in a subscriber, or in the closure of
/// [`change`](SharedHub::change).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hub is in use by this thread; use `change_later`, or notify the hub from a `Background` or afterwards")]
#[non_exhaustive]
pub struct Reentered;

/// The reason why a [`SharedHub`] cannot be used now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// This thread uses the hub already: in a subscriber, or in the closure of [`change`](SharedHub::change).
    #[error(transparent)]
    Reentered(#[from] Reentered),
    /// Another thread uses the hub, and this thread is in another hub, so that waiting could be a deadlock.
    #[error("the hub is in use and a subscriber of another hub cannot wait for it; use `change_later`, or retry")]
    Busy,
}

impl<'h> SharedHub<'h> {
    pub(super) fn new(hub: Hub<'h>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(Arc::new(HubState { id, hub: Mutex::new(hub), pending: Mutex::default() }))
    }

    /// Returns the hub, if this is the last clone.
    #[must_use]
    pub fn into_inner(self) -> Option<Hub<'h>> {
        Arc::into_inner(self.0).map(|shared| shared.hub.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the failure counts of each subscriber; see [`Hub::failures`].
    ///
    /// # Errors
    ///
    /// Returns the errors of [`change`](SharedHub::change).
    pub fn failures(&self) -> Result<Vec<Failures>, AccessError> {
        self.change(|hub| hub.failures().cloned().collect())
    }

    /// Returns the catalog; see [`Hub::catalog`].
    ///
    /// # Errors
    ///
    /// Returns the errors of [`change`](SharedHub::change).
    pub fn catalog(&self) -> Result<Catalog, AccessError> {
        self.change(|hub| hub.catalog())
    }

    /// Runs the closure on the hub, between two records: to add or remove subscribers, or to install plugins. It waits
    /// while another thread uses the hub.
    ///
    /// # Errors
    ///
    /// Returns [`AccessError::Reentered`] if it is called inside a subscriber of this hub or inside another `change` of it,
    /// and [`AccessError::Busy`] if it is called inside a subscriber of another hub while this hub is in use. The closure is
    /// not called. [`change_later`](SharedHub::change_later) works in both cases.
    pub fn change<T>(&self, change: impl FnOnce(&mut Hub<'h>) -> T) -> Result<T, AccessError> {
        let hub = self.0.enter()?.ok_or(AccessError::Busy)?;
        Ok(self.0.run(hub, change))
    }

    /// Runs the closure on the hub as soon as the hub is free: at once, or, inside a subscriber of this hub, after the
    /// current record has been delivered. Records that arrive later are delivered later.
    ///
    /// A panic in the closure is caught, as one in a subscriber is.
    ///
    /// ```
    /// use tollgate::events::Login;
    /// use tollgate::{Event, Hub, Observer, Record, sink};
    ///
    /// let shared = Hub::new().shared();
    /// let handle = shared.clone();
    /// let subscribe = |hub: &mut Hub<'_>| {
    ///     hub.on::<Login>(move |_, _| {
    ///         handle.change_later(|hub| drop(hub.on_any(|_: &Record| println!("the next record")))); // not this one
    ///     })
    ///     .map(drop)
    /// };
    /// shared.change(subscribe)??;
    /// Login.occurred().by("ann").commit(sink::adapt(Vec::new()).observed_by(shared.clone()))?;
    /// assert_eq!(shared.catalog()?.subscriptions.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn change_later(&self, change: impl FnOnce(&mut Hub<'h>) + Send + 'h) {
        self.0.enqueue(Box::new(change));
    }
}

impl<'h> HubState<'h> {
    /// Locks the hub, unless this thread must not wait for it.
    fn enter(&self) -> Result<Option<MutexGuard<'_, Hub<'h>>>, Reentered> {
        if delivery::contains(self.id) {
            return Err(Reentered);
        }
        Ok(if delivery::may_wait() { Some(locked(&self.hub)) } else { self.try_enter() })
    }

    fn try_enter(&self) -> Option<MutexGuard<'_, Hub<'h>>> {
        match self.hub.try_lock() {
            Ok(hub) => Some(hub),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Runs the queue, then the closure, and unlocks the hub.
    fn run<T>(&self, mut hub: MutexGuard<'_, Hub<'h>>, run: impl FnOnce(&mut Hub<'h>) -> T) -> T {
        self.drain(&mut hub);
        let result = {
            let _inside = delivery::enter(self.id);
            // The queue is run even if the caller's closure panics.
            catch_unwind(AssertUnwindSafe(|| run(&mut hub)))
        };
        drop(hub);
        self.drain_if_free();
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Adds work to the queue, for the thread that uses the hub.
    fn enqueue(&self, run: Box<dyn FnOnce(&mut Hub<'h>) + Send + 'h>) {
        locked(&self.pending).push_back(Pending { path: delivery::current(), run });
        self.drain_if_free();
    }

    /// Runs the queue, unless the hub is in use: in that case, the thread that uses the hub runs the queue after it has
    /// unlocked the hub. So no queued work is left.
    fn drain_if_free(&self) {
        while !locked(&self.pending).is_empty() {
            let Some(mut hub) = self.try_enter() else { return };
            self.drain(&mut hub);
        }
    }

    fn drain(&self, hub: &mut Hub<'h>) {
        while let Some(Pending { path, run }) = self.next() {
            let _inside = delivery::replace(path, self.id);
            let _ = isolated(|| run(hub));
        }
    }

    fn next(&self) -> Option<Pending<'h>> {
        locked(&self.pending).pop_front()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Observer for SharedHub<'_> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        if let Some(hub) = self.0.enter()? {
            return Ok(self.0.run(hub, |hub| hub.notify(record))?);
        }
        self.0.enqueue(later(record.clone()));
        Ok(())
    }

    fn missed(&mut self, count: u64) {
        // If the hub is in use, its subscribers are notified of the number after the current record.
        self.change_later(move |hub| hub.missed(count));
    }
}

/// Returns the notification of the record, for another thread. The hub itself counts and reports its failures.
fn later<'h>(record: Record) -> Box<dyn FnOnce(&mut Hub<'h>) + Send + 'h> {
    let origin = Origin::here();
    Box::new(move |hub| origin.enter(|| drop(hub.notify(&record))))
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
