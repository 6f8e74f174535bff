//! An observer behind a queue: notified by a worker, so that a commit does not wait for it.

mod block_on;
mod builder;
mod dropped;
mod own_worker;
mod progress;
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

use self::block_on::{block_on, block_until, linger};
pub use self::builder::BackgroundBuilder;
pub use self::dropped::Dropped;
use self::dropped::Notice;
use self::own_worker::is_own_worker;
use self::progress::{Amount, Milestone, Progress};
use self::queue::{NotTaken, Queue};
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
/// With the feature `tracing` the span and the subscriber of the commit travel with the record: the observer is
/// notified in them. The span stays open until then.
///
/// **In an asynchronous commit** that may wait for a free place, join it with
/// [`observed_by_async`](crate::sink::Adapter::observed_by_async), which awaits it. Joined by `observed_by` it blocks the
/// thread until there is a free place; if the worker is a future on that same thread, as on a current-thread runtime,
/// this is a deadlock. If only `observed_by` can join it, [`spawn`](BackgroundBuilder::spawn) the worker on a thread, or
/// let it [drop and count](WhenFull::DropAndCount).
///
/// **Close it**, or the records that are still in the queue at the program's end are not delivered. When the last clone
/// is dropped without that, the queue is closed and no thread waits: the worker delivers the rest, if the program
/// still runs, and ends.
#[derive(Clone)]
pub struct Background {
    handle: Arc<Handle>,
}

/// What happens to a record when the queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WhenFull {
    /// The commit waits for a free place: the observer misses nothing, and can hold up every commit.
    Wait,
    /// The record is dropped and counted: the observer holds up no commit. The count is in [`Background::dropped`], and
    /// goes to [`BackgroundBuilder::on_dropped`] and to the observer, by [`Observer::missed`].
    DropAndCount,
}

/// Shared by all clones. The worker has no part in it: when the last clone is dropped, no record can come any more.
struct Handle {
    shared: Arc<Shared>,
    place: ObserverPlace,
}

/// Shared by the clones and the worker.
struct Shared {
    name: String,
    queue: Queue,
    progress: Progress,
    notice: Notice,
}

impl Background {
    /// Begins one whose queue has so many places, including those of the records that are being delivered. A capacity
    /// of 0 counts as 1.
    pub fn bounded(capacity: usize, when_full: WhenFull) -> BackgroundBuilder {
        BackgroundBuilder::new(capacity, when_full)
    }

    /// Returns how many records have been dropped so far, because the queue was full or closed.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.handle.shared.queue.dropped()
    }

    /// Returns how many records wait in the queue, including those that are being delivered.
    #[must_use]
    pub fn undelivered(&self) -> usize {
        self.handle.shared.queue.undelivered()
    }

    /// Waits until all records that it accepted before this call are delivered, or have failed for good, but no longer
    /// than this. It stays open. If records were dropped before this call, the observer has been notified of their number
    /// ([`Observer::missed`]), and so has [`on_dropped`](BackgroundBuilder::on_dropped).
    ///
    /// If the worker is a future, it must run on another thread than this, or the wait lasts until the time is up;
    /// [`flush_when`](Background::flush_when) shares a thread with it.
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
    /// [`NotFlushed`], with the number of records that are left: the time was up, the worker has ended, or the observer
    /// itself called it, in which case it returns at once.
    pub fn flush(&self, within: Duration) -> Result<(), NotFlushed> {
        let shared = &*self.handle.shared;
        let taken_in = shared.queue.taken_in();
        if !is_own_worker(shared) {
            let done = shared.progress.until(Milestone::Done(taken_in));
            // A deadline beyond the range of `Instant` is none.
            block_until(done, Instant::now().checked_add(within));
        }
        shared.flushed(taken_in)
    }

    /// Does the same as [`flush`](Background::flush), and awaits it: until the deadline is ready, which may be any
    /// future, such as `tokio::time::sleep(..)`.
    ///
    /// # Errors
    ///
    /// Those of [`flush`](Background::flush).
    pub async fn flush_when<D: Future>(&self, deadline: D) -> Result<(), NotFlushed> {
        let shared = &*self.handle.shared;
        let taken_in = shared.queue.taken_in();
        if !is_own_worker(shared) {
            unless(shared.progress.until(Milestone::Done(taken_in)), deadline).await;
        }
        shared.flushed(taken_in)
    }

    /// Closes the queue for all clones, and waits until the records in it are delivered, but no longer than this. The
    /// records that are left then will not be delivered, and are returned.
    ///
    /// If nothing is left, the observer has been dropped before this returns: its destructor has run.
    ///
    /// If the observer itself calls it, it does not wait: the records that are being delivered are the unfinished ones.
    /// If the worker is a future, it must run on another thread than this, or the wait lasts until the deadline;
    /// [`close_when`](Background::close_when) shares a thread with it.
    #[must_use = "it holds the records that are left"]
    pub fn close(self, within: Duration) -> CloseReport {
        let shared = &*self.handle.shared;
        shared.queue.close();
        if !is_own_worker(shared) {
            block_until(shared.progress.until(Milestone::Ended), Instant::now().checked_add(within));
        }
        shared.closed()
    }

    /// Does the same as [`close`](Background::close), and awaits it: until all is delivered or the deadline is ready,
    /// which may be any future, such as `tokio::time::sleep(..)`. If this future is dropped after its first poll, the
    /// queue is closed, and the worker delivers the rest.
    pub async fn close_when<D: Future>(self, deadline: D) -> CloseReport {
        let shared = &*self.handle.shared;
        shared.queue.close();
        if !is_own_worker(shared) {
            unless(shared.progress.until(Milestone::Ended), deadline).await;
        }
        shared.closed()
    }
}

impl Shared {
    fn flushed(&self, taken_in: Amount) -> Result<(), NotFlushed> {
        // In this order: a worker that ends has counted before.
        let is_over = self.progress.is_over();
        let done = self.progress.done();
        let left = taken_in.records.saturating_sub(done.records);
        let missed = taken_in.missed.saturating_sub(done.missed);
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
        let rest = self.queue.give_back();
        self.progress.abandon();
        self.give_notice();
        CloseReport {
            delivered: rest.delivered,
            failures: rest.failures,
            dropped: rest.dropped,
            left: rest.records,
            unfinished: rest.current,
        }
    }

    /// Gives notice of the dropped records, if there are new ones.
    fn give_notice(&self) {
        self.notice.give(&self.name, || self.queue.dropped());
    }

    fn not_queued(&self, why: NotTaken) -> ObserverError {
        let observer = self.name.clone();
        Box::new(match why {
            NotTaken::Closed => NotQueued::QueueClosed { observer },
            NotTaken::WorkerGone => NotQueued::WorkerGone { observer },
        })
    }

    /// Drops a record for which its own worker would have to wait.
    fn not_waited(&self) -> ObserverError {
        self.queue.drop_one();
        NotQueued::OwnWorker { observer: self.name.clone() }.into()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.queue.close();
    }
}

/// Waits for a free place on this thread, if it is to wait.
impl Observer for Background {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        let shared = &*self.handle.shared;
        let mut offer = shared.queue.offer(record.clone());
        let mut answer = offer.now();
        if answer.is_none() {
            if is_own_worker(shared) {
                return Err(shared.not_waited());
            }
            linger(|| {
                answer = offer.now();
                answer.is_some()
            });
        }
        answer.unwrap_or_else(|| block_on(offer)).map_err(|why| shared.not_queued(why))
    }

    fn missed(&mut self, count: u64) {
        self.handle.shared.queue.missed_before(count);
    }

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.handle.shared.name)
    }

    fn place(&self) -> ObserverPlace {
        self.handle.place
    }
}

/// Awaits a free place, if it is to wait.
impl AsyncObserver for Background {
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        let shared = &*self.handle.shared;
        let mut offer = shared.queue.offer(record.clone());
        let answer = match offer.now() {
            Some(answer) => answer,
            None if is_own_worker(shared) => return Err(shared.not_waited()),
            None => offer.await,
        };
        answer.map_err(|why| shared.not_queued(why))
    }

    async fn missed(&mut self, count: u64) {
        self.handle.shared.queue.missed_before(count);
    }

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.handle.shared.name)
    }

    fn place(&self) -> ObserverPlace {
        self.handle.place
    }
}

impl fmt::Debug for Background {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Background")
            .field("observer", &self.handle.shared.name)
            .field("undelivered", &self.undelivered())
            .field("dropped", &self.dropped())
            .finish()
    }
}
