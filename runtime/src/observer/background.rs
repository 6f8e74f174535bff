//! An observer behind a queue: told on a worker of its own, so that a commit does not wait for it.

mod park;
mod queue;
mod worker;

use std::borrow::Cow;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use uuid::Uuid;

use self::park::{block_on, block_until, linger};
use self::queue::{NotTaken, Queue};
use self::worker::Worker;
use super::list::Kept;
use super::outcome::{Isolated, Report};
use super::{AsyncObserver, Failure, Failures, Observer, ObserverError, ObserverPlace};
use crate::record::Record;

/// An observer behind a bounded queue, told by a worker: a commit leaves the record there and goes on.
///
/// It is made by [`bounded`](Background::bounded), which wants to know what happens when the queue is full. It
/// can be cloned: several sinks then feed one worker, which delivers in the order in which it was told.
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
/// The observer's errors and panics are counted and reported, and the worker goes on with the next record.
///
/// **In an asynchronous commit** that may wait for room, join it with
/// [`observed_by_async`](crate::sink::Adapter::observed_by_async), which awaits it. Joined by `observed_by` it blocks the
/// thread until there is room; where the worker is a future on that same thread, as on a current-thread runtime, it
/// waits for ever. Where only `observed_by` can join it, [`spawn`](BackgroundBuilder::spawn) the worker on a thread, or
/// let it [drop and count](WhenFull::DropAndCount).
///
/// **Close it**, or what is still in the queue at the program's end is not delivered. When the last clone is dropped
/// without that, nobody waits: the queue is closed, and the worker delivers what is there, if the program lives on,
/// and ends.
#[derive(Clone)]
pub struct Background {
    handle: Arc<Handle>,
}

/// What happens to a record when the queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WhenFull {
    /// The commit waits until there is room: the observer misses nothing, and can hold up everything.
    Wait,
    /// The record is not told, and counted in [`Background::dropped`]: the observer holds up nothing.
    DropAndCount,
}

/// A [`Background`] that has no observer yet.
#[must_use = "it needs an observer, by `spawn` or `pair`"]
pub struct BackgroundBuilder {
    capacity: usize,
    when_full: WhenFull,
    name: Option<Cow<'static, str>>,
    report: Option<Report<'static>>,
}

/// What became of the records, when a [`Background`] was closed. It displays as a line for the operator.
#[derive(Debug)]
#[non_exhaustive]
pub struct CloseReport {
    /// How many records the observer was told of, with those at which it failed.
    pub delivered: u64,
    /// How often it failed.
    pub failures: Failures,
    /// How many records were dropped, because the queue was full or closed.
    pub dropped: u64,
    /// The records that it will not be told of, in order: the time was up, or the worker is gone.
    pub left: Vec<Record>,
    /// The record that it was still busy with when the time was up. Nobody knows what becomes of that.
    pub unfinished: Option<Uuid>,
}

impl fmt::Display for CloseReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CloseReport { delivered, failures, dropped, left, unfinished } = self;
        let (failed, left) = (failures.total(), left.len() + usize::from(unfinished.is_some()));
        write!(formatter, "observer `{}`: ", failures.observer)?;
        write!(formatter, "{delivered} delivered, at {failed} of them it failed; {dropped} dropped, {left} left")
    }
}

/// A worker thread could not be started.
#[derive(Debug, thiserror::Error)]
#[error("the worker thread of `{observer}` cannot be started: {cause}")]
#[non_exhaustive]
pub struct SpawnError {
    /// The name of the observer.
    pub observer: String,
    /// The error of the operating system. The text of this error contains its text.
    pub cause: io::Error,
}

/// Why a [`Background`] did not take a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotQueued {
    /// It was closed.
    #[error("`{observer}` is closed, and was not told of the record")]
    QueueClosed {
        /// The name of the observer.
        observer: String,
    },
    /// The future that delivers was dropped before it was closed.
    #[error("the worker of `{observer}` was dropped before it was closed; keep it running to the end")]
    WorkerGone {
        /// The name of the observer.
        observer: String,
    },
    /// The observer commits to a sink that it observes itself, and would wait for its own worker to make room.
    #[error("the queue of `{observer}` is full, and its own worker told it: to wait would be for ever")]
    OwnWorker {
        /// The name of the observer.
        observer: String,
    },
}

/// What all clones share. The worker does not: when the last clone is gone, there is nobody left to tell.
struct Handle {
    queue: Arc<Queue>,
    name: String,
    place: ObserverPlace,
    thread: OnceLock<ThreadId>,
}

impl Background {
    /// Room for so many records that the observer has not been told of, and what happens when there is none.
    /// A capacity of 0 counts as 1.
    pub fn bounded(capacity: usize, when_full: WhenFull) -> BackgroundBuilder {
        BackgroundBuilder { capacity: capacity.max(1), when_full, name: None, report: None }
    }

    /// How many records have been dropped so far, because the queue was full or closed.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.handle.queue.dropped()
    }

    /// How many records wait for the observer, with the one that it is being told of.
    #[must_use]
    pub fn undelivered(&self) -> usize {
        self.handle.queue.undelivered()
    }

    /// Takes no more records, from no clone, and waits for those that are there to be delivered, but no longer than
    /// this. What is left then will not be delivered, and is given back.
    ///
    /// When nothing is left the observer has been dropped: what it writes at its end is written.
    ///
    /// Called on the worker's own thread, that is by the observer, it does not wait: the record that the observer is
    /// being told of is the unfinished one. Where the worker is a future, it must be running on another thread than
    /// this, or the wait lasts until the deadline; [`close_when`](Background::close_when) shares a thread with it.
    #[must_use = "it says what was left"]
    pub fn close(self, within: Duration) -> CloseReport {
        let queue = &self.handle.queue;
        queue.close();
        if self.handle.is_own_worker() {
            return self.closed();
        }
        let ended = poll_fn(|context| queue.poll_ended(context));
        // A deadline beyond the end of time is none.
        block_until(ended, Instant::now().checked_add(within));
        self.closed()
    }

    /// [`close`](Background::close) that awaits: until all is delivered or the deadline is ready, which may be any
    /// future, such as `tokio::time::sleep(..)`. Where this future is dropped, it is closed all the same, and the
    /// worker delivers what is there. Awaited by the observer itself, it waits until the deadline.
    pub async fn close_when<D: Future>(self, deadline: D) -> CloseReport {
        let queue = &self.handle.queue;
        queue.close();
        let mut deadline = pin!(deadline);
        poll_fn(|context| match queue.poll_ended(context) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending => deadline.as_mut().poll(context).map(|_| ()),
        })
        .await;
        self.closed()
    }

    fn closed(&self) -> CloseReport {
        let rest = self.handle.queue.take_rest();
        CloseReport {
            delivered: rest.delivered,
            failures: rest.failures,
            dropped: rest.dropped,
            left: rest.records,
            unfinished: rest.current,
        }
    }
}

impl BackgroundBuilder {
    /// Names it in reports, in place of the observer's own name; the worker thread is called so too.
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Reports each failure of the observer to this closure, on the worker. Without one, failures are only counted.
    pub fn on_failure(mut self, report: impl FnMut(&Failure<'_>) + Send + 'static) -> Self {
        self.report = Some(Isolated::new(Box::new(report)));
        self
    }

    /// Starts a thread that tells this observer.
    ///
    /// # Errors
    ///
    /// [`SpawnError`], where the system has no thread to give.
    pub fn spawn(self, observer: impl Observer + Send + 'static) -> Result<Background, SpawnError> {
        let (name, place) = (observer.name().into_owned(), observer.place());
        let (background, worker) = self.with_worker(name, place, Kept::at_once(observer));
        let Handle { name, thread, .. } = &*background.handle;
        // A thread's name must not hold the byte that ends it for the system.
        let builder = thread::Builder::new().name(name.replace('\0', " "));
        let spawned = builder.spawn(move || block_on(worker.run(true)));
        let started = spawned.map_err(|cause| SpawnError { observer: name.clone(), cause })?;
        thread.get_or_init(|| started.thread().id());
        Ok(background)
    }

    /// The handle, and the worker that tells this observer: a future to be spawned on the runtime of your choice.
    /// Until that runs, nothing is delivered; it ends when all is delivered after
    /// [`close_when`](Background::close_when), or when every clone of the handle is gone.
    ///
    /// ```
    /// use std::time::Duration;
    /// use tollgate::observer::{Background, WhenFull};
    /// use tollgate::{Record, sink};
    ///
    /// # async fn post(_: Record) -> std::io::Result<()> { Ok(()) }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let post = |record: &Record| post(record.clone());
    /// let (background, worker) = Background::bounded(1024, WhenFull::Wait).named("post").pair(post);
    /// tokio::spawn(worker);
    /// let log = sink::adapt(Vec::<Record>::new()).observed_by_async(background.clone());
    /// # drop(log);
    /// // .. commits, and at the end:
    /// let closed = background.close_when(tokio::time::sleep(Duration::from_secs(5))).await;
    /// assert_eq!(closed.to_string(), "observer `post`: 0 delivered, at 0 of them it failed; 0 dropped, 0 left");
    /// # }
    /// ```
    pub fn pair<O: AsyncObserver + 'static>(
        self,
        observer: O,
    ) -> (Background, impl Future<Output = ()> + Send + use<O>) {
        let (name, place) = (observer.name().into_owned(), observer.place());
        let (background, worker) = self.with_worker(name, place, Kept::waiting(observer));
        (background, worker.run(false))
    }

    fn with_worker(self, name: String, place: ObserverPlace, observer: Kept<'static>) -> (Background, Worker) {
        let name = self.name.map_or(name, Cow::into_owned);
        let queue = Arc::new(Queue::new(self.capacity, self.when_full, name.clone()));
        let worker = Worker::new(Arc::clone(&queue), observer, self.report, name.clone());
        (Background { handle: Arc::new(Handle { queue, name, place, thread: OnceLock::new() }) }, worker)
    }
}

impl Handle {
    /// Whether this thread is the worker, which would wait for itself.
    fn is_own_worker(&self) -> bool {
        self.thread.get() == Some(&thread::current().id())
    }

    fn not_queued(&self, why: NotTaken) -> ObserverError {
        let observer = self.name.clone();
        Box::new(match why {
            NotTaken::Closed => NotQueued::QueueClosed { observer },
            NotTaken::WorkerGone => NotQueued::WorkerGone { observer },
        })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Waits for room on this thread, where it is to wait.
impl Observer for Background {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        let Handle { queue, name, .. } = &*self.handle;
        let mut offer = queue.offer(record.clone());
        let mut answer = offer.now();
        if answer.is_none() {
            if self.handle.is_own_worker() {
                queue.drop_one();
                return Err(NotQueued::OwnWorker { observer: name.clone() }.into());
            }
            linger(|| {
                answer = offer.now();
                answer.is_some()
            });
        }
        answer.unwrap_or_else(|| block_on(offer)).map_err(|why| self.handle.not_queued(why))
    }

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.handle.name)
    }

    fn place(&self) -> ObserverPlace {
        self.handle.place
    }
}

/// Awaits room, where it is to wait.
impl AsyncObserver for Background {
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        let mut offer = self.handle.queue.offer(record.clone());
        let answer = match offer.now() {
            Some(answer) => answer,
            None => offer.await,
        };
        answer.map_err(|why| self.handle.not_queued(why))
    }

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.handle.name)
    }

    fn place(&self) -> ObserverPlace {
        self.handle.place
    }
}

impl fmt::Debug for Background {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Background")
            .field("observer", &self.handle.name)
            .field("undelivered", &self.undelivered())
            .field("dropped", &self.dropped())
            .finish()
    }
}

impl fmt::Debug for BackgroundBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BackgroundBuilder")
            .field("capacity", &self.capacity)
            .field("when_full", &self.when_full)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
