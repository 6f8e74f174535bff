//! An observer behind a queue: notified by a worker, so that a commit does not wait for it.

mod block_on;
mod builder;
mod dropped;
mod own_worker;
mod queue;
mod queued;
mod result;
mod retry;
mod worker;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::block_on::block_until;
pub use self::builder::BackgroundBuilder;
use self::dropped::DropNotifier;
pub use self::dropped::Dropped;
use self::own_worker::is_own_worker;
use self::queue::{Amount, ClosedBy, Queue};
use self::queued::Queued;
pub use self::result::{CloseReport, NotFlushed, NotQueued, SpawnError};
pub use self::retry::Retry;
use super::limit::unless;
use super::{AsyncObserver, Observer, ObserverError, ObserverPlace};
use crate::record::Record;

/// An observer behind a bounded queue, notified by a worker: a commit puts the record into the queue and returns.
///
/// [`bounded`](Background::bounded) builds one; you choose what happens when the queue is full. It can be cloned:
/// several sinks then feed one worker, which delivers the records in the order in which they came in.
///
/// ```
/// use std::time::Duration;
/// use tollgate::observer::{Background, WhenFull};
/// use tollgate::{Id, Record, StateMachine, sink};
///
/// # #[derive(StateMachine)]
/// # #[transition(open, from = Shut, to = Ajar)]
/// # enum DoorState { #[state(initial)] Shut, #[state(terminal)] Ajar }
/// fn post(record: &Record) -> std::io::Result<()> {
///     // .. over the network, slowly
/// #   let _ = record; Ok(())
/// }
///
/// let background = Background::bounded(1024, WhenFull::Wait)
///     .on_failure(|failure| eprintln!("{failure}"))
///     .spawn(post)?;
/// let mut log = sink::adapt(Vec::new()).observed_by(background.clone());
/// let door = DoorMachine::create(Id::from(1)).commit(&mut log)?;
/// door.open().commit(&mut log)?;
///
/// let closed = background.close(Duration::from_secs(5));
/// assert_eq!((closed.delivered, closed.left.len()), (2, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The observer's errors and panics are counted and reported, and the worker continues with the next record. It can
/// [retry](BackgroundBuilder::retry), and deliver in [batches](BackgroundBuilder::batches);
/// [the guide](crate::guide::observers#a-webhook) has a webhook that does both.
///
/// With the feature `tracing`, the observer is notified in the span and with the subscriber of the commit. The span
/// stays open until then.
///
/// **In an asynchronous commit**, add it with [`observed_by_async`](crate::sink::Adapter::observed_by_async), which
/// awaits a free place in a full queue. `observed_by` blocks the thread until there is a free place; if the worker is a
/// future on the same thread, as on a current-thread runtime, this is a deadlock. If you can only use `observed_by`,
/// [`spawn`](BackgroundBuilder::spawn) the worker on a thread, or let the queue [drop and
/// count](WhenFull::DropAndCount).
///
/// **Close it** before the program ends, or the records that are still in the queue are not delivered. If the last clone
/// is dropped without a call of [`close`](Background::close), the queue is closed and no thread waits: the worker
/// delivers the rest while the program runs, and ends.
#[derive(Clone)]
pub struct Background {
    handle: Arc<Handle>,
}

/// The policy for a record that is committed while the queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WhenFull {
    /// The commit waits for a free place: the observer receives every record, and can delay every commit.
    Wait,
    /// The record is dropped and counted: the observer delays no commit. [`Background::dropped`] returns the count;
    /// [`BackgroundBuilder::on_dropped`] and the observer are notified of it, the latter by [`Observer::missed`].
    DropAndCount,
}

/// Shared by all clones, but not by the worker: when the last clone is dropped, the queue is closed.
struct Handle {
    state: Arc<BackgroundState>,
    place: ObserverPlace,
}

/// Shared by the clones and the worker.
struct BackgroundState {
    name: String,
    queue: Queue,
    drop_notifier: DropNotifier,
}

impl Background {
    /// Returns a builder for a queue of this capacity. The records that are being delivered count too. A capacity of 0
    /// counts as 1.
    pub fn bounded(capacity: usize, when_full: WhenFull) -> BackgroundBuilder {
        BackgroundBuilder::new(capacity, when_full)
    }

    /// Returns how many records have been dropped so far, because the queue was full or closed.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.handle.state.queue.dropped()
    }

    /// Returns how many records are in the queue, including those that are being delivered.
    #[must_use]
    pub fn undelivered(&self) -> usize {
        self.handle.state.queue.undelivered()
    }

    /// Waits until all records that the queue accepted before this call are delivered, or have failed for good, but no
    /// longer than this. The queue stays open. If records were dropped before this call, the observer has been notified
    /// of their number ([`Observer::missed`]), and so has [`on_dropped`](BackgroundBuilder::on_dropped).
    ///
    /// If the worker is a future, it must run on another thread than this, or the wait lasts until the time is up;
    /// [`flush_when`](Background::flush_when) can run on the same thread.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use tollgate::observer::{Background, WhenFull};
    /// # let background = Background::bounded(8, WhenFull::Wait).spawn(|_: &tollgate::Record| ())?;
    /// // Before a test looks at the results, or a server answers a request for them:
    /// background.flush(Duration::from_secs(5))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`NotFlushed`], with the number of records that are left, if the time was up, the worker has ended, or the
    /// observer itself called this method. In the last case it returns at once.
    pub fn flush(&self, within: Duration) -> Result<(), NotFlushed> {
        let state = &*self.handle.state;
        let accepted = state.queue.accepted();
        if !is_own_worker(state) {
            // If the sum is beyond the range of `Instant`, there is no deadline.
            block_until(state.queue.wait_done(accepted), Instant::now().checked_add(within));
        }
        state.flushed(accepted)
    }

    /// Does the same as [`flush`](Background::flush), but awaits the deliveries instead of blocking. The deadline may be
    /// any future, such as `tokio::time::sleep(..)`: the wait ends when it is ready.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`flush`](Background::flush).
    pub async fn flush_when<D: Future>(&self, deadline: D) -> Result<(), NotFlushed> {
        let state = &*self.handle.state;
        let accepted = state.queue.accepted();
        if !is_own_worker(state) {
            unless(state.queue.wait_done(accepted), deadline).await;
        }
        state.flushed(accepted)
    }

    /// Closes the queue for all clones, and waits until the records in it are delivered, but no longer than this. Then it
    /// returns the records that are left; they will not be delivered.
    ///
    /// If no records are left, the observer has been dropped before this returns: its destructor has run.
    ///
    /// If the observer itself calls this, it does not wait: the records that are being delivered are the
    /// [unfinished](CloseReport::unfinished) ones. If the worker is a future, it must run on another thread than this, or
    /// the wait lasts until the time is up; [`close_when`](Background::close_when) can run on the same thread.
    #[must_use = "the report has the records that are left"]
    pub fn close(self, within: Duration) -> CloseReport {
        let state = &*self.handle.state;
        state.queue.close();
        if !is_own_worker(state) {
            block_until(state.queue.wait_worker_ended(), Instant::now().checked_add(within));
        }
        state.closed()
    }

    /// Does the same as [`close`](Background::close), but awaits the deliveries instead of blocking. The deadline may be
    /// any future, such as `tokio::time::sleep(..)`: the wait ends when it is ready. If this future is dropped after its
    /// first poll, the queue is closed, and the worker delivers the rest.
    pub async fn close_when<D: Future>(self, deadline: D) -> CloseReport {
        let state = &*self.handle.state;
        state.queue.close();
        if !is_own_worker(state) {
            unless(state.queue.wait_worker_ended(), deadline).await;
        }
        state.closed()
    }
}

impl BackgroundState {
    fn flushed(&self, accepted: Amount) -> Result<(), NotFlushed> {
        let (done, is_over) = self.queue.done();
        let left = accepted.records.saturating_sub(done.records);
        let missed = accepted.missed.saturating_sub(done.missed);
        let observer = self.name.clone();
        if left == 0 && missed > 0 && !is_over && !is_own_worker(self) {
            Err(NotFlushed::MissedPending { observer, missed })
        } else if left == 0 {
            Ok(())
        } else if is_own_worker(self) {
            Err(NotFlushed::OwnWorker { observer, left })
        } else if is_over {
            Err(NotFlushed::Ended { observer, left })
        } else {
            Err(NotFlushed::TimeUp { observer, left })
        }
    }

    fn closed(&self) -> CloseReport {
        let report = self.queue.give_back();
        self.notify_dropped();
        report
    }

    /// Notifies `on_dropped` of the dropped records, if there are new ones.
    fn notify_dropped(&self) {
        self.drop_notifier.notify(&self.name, || self.queue.dropped());
    }

    /// Offers a record. Returns `None` if the caller must wait for a free place.
    fn try_offer(&self, offered: &mut Option<Queued>) -> Option<Result<(), ObserverError>> {
        match self.queue.try_offer(offered) {
            Some(answer) => Some(self.answered(answer)),
            None if is_own_worker(self) => {
                self.queue.drop_one();
                Some(Err(NotQueued::OwnWorker { observer: self.name.clone() }.into()))
            }
            None => None,
        }
    }

    fn answered(&self, answer: Result<(), ClosedBy>) -> Result<(), ObserverError> {
        let observer = || self.name.clone();
        answer.map_err(|closed| match closed {
            ClosedBy::Caller => NotQueued::QueueClosed { observer: observer() }.into(),
            ClosedBy::WorkerGone => NotQueued::WorkerGone { observer: observer() }.into(),
        })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.state.queue.close();
    }
}

/// Blocks this thread until there is a free place, if the queue is full and [waits](WhenFull::Wait).
impl Observer for Background {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        let state = &*self.handle.state;
        let mut offered = Some(Queued::new(record.clone()));
        let answer = state.try_offer(&mut offered);
        answer.unwrap_or_else(|| state.answered(state.queue.offer_blocking(offered)))
    }

    fn missed(&mut self, count: u64) {
        self.handle.state.queue.missed_before(count);
    }

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.handle.state.name)
    }

    fn place(&self) -> ObserverPlace {
        self.handle.place
    }
}

/// Awaits a free place, if the queue is full and [waits](WhenFull::Wait).
impl AsyncObserver for Background {
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        let state = &*self.handle.state;
        let mut offered = Some(Queued::new(record.clone()));
        match state.try_offer(&mut offered) {
            Some(answer) => answer,
            None => state.answered(state.queue.offer(offered).await),
        }
    }

    async fn missed(&mut self, count: u64) {
        self.handle.state.queue.missed_before(count);
    }

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.handle.state.name)
    }

    fn place(&self) -> ObserverPlace {
        self.handle.place
    }
}

impl fmt::Debug for Background {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Background")
            .field("observer", &self.handle.state.name)
            .field("undelivered", &self.undelivered())
            .field("dropped", &self.dropped())
            .finish()
    }
}
