//! The options of a queue, and the start of its worker on a thread or as a future.

use std::borrow::Cow;
use std::fmt;
use std::future::{Future, ready};
use std::marker::PhantomData;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::dropped::{DropNotifier, Dropped, OnDropped};
use super::queue::Queue;
use super::retry::Retry;
use super::worker::Worker;
use super::{Background, BackgroundState, Handle, SpawnError, WhenFull};
use crate::observer::list::AnyObserver;
use crate::observer::outcome::{Isolated, Report};
use crate::observer::{AsyncObserver, Failure, Observer, ObserverPlace};

/// The options of a [`Background`], before it has an observer. `R` is [`Retry`] if it retries: a worker that is a future
/// then needs a timer, see [`pair_with`](BackgroundBuilder::pair_with).
#[must_use = "it needs an observer; call `spawn`, `pair` or `pair_with`"]
pub struct BackgroundBuilder<R = ()> {
    options: Options,
    retries: PhantomData<R>,
}

struct Options {
    capacity: usize,
    when_full: WhenFull,
    name: Option<Cow<'static, str>>,
    report: Option<Report<'static>>,
    on_dropped: Option<OnDropped>,
    batches: Option<usize>,
    retry: Option<Retry>,
}

/// The queue does not retry, so that its worker needs no timer. Other crates cannot name this trait.
#[diagnostic::on_unimplemented(
    message = "the queue retries, and a worker that is a future needs a timer for the delays",
    label = "this builder has `retry`",
    note = "use `pair_with(observer, tokio::time::sleep)`, or the timer of your runtime; `spawn` needs none"
)]
pub trait Untimed {}

impl Untimed for () {}

impl BackgroundBuilder {
    pub(super) fn new(capacity: usize, when_full: WhenFull) -> Self {
        let options = Options {
            capacity: capacity.max(1),
            when_full,
            name: None,
            report: None,
            on_dropped: None,
            batches: None,
            retry: None,
        };
        Self { options, retries: PhantomData }
    }
}

impl BackgroundBuilder<Retry> {
    /// Builds the handle and the worker as [`pair`](BackgroundBuilder::pair) does. The worker awaits this timer between
    /// two attempts, for example `tokio::time::sleep`.
    pub fn pair_with<O, S, F>(
        self,
        observer: O,
        sleep: S,
    ) -> (Background, impl Future<Output = ()> + Send + use<O, S, F>)
    where
        O: AsyncObserver + 'static,
        S: FnMut(Duration) -> F + Send + 'static,
        F: Future + Send,
    {
        let (background, worker) = self.with_waiting(observer);
        (background, worker.future(sleep))
    }
}

impl<R> BackgroundBuilder<R> {
    /// Sets the name for reports, in place of the observer's own name. The worker thread has the same name.
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.options.name = Some(name.into());
        self
    }

    /// Reports each failure of the observer to this closure, on the worker. Without one, failures are only counted.
    pub fn on_failure(mut self, report: impl FnMut(&Failure<'_>) + Send + 'static) -> Self {
        self.options.report = Some(Isolated::new(Box::new(report)));
        self
    }

    /// Reports dropped records to this closure: on the worker after the current delivery, and when the queue is closed;
    /// never on the thread that commits. The observer itself is notified by [`Observer::missed`].
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use tollgate::observer::{Background, WhenFull};
    /// # use tollgate::Record;
    /// let background = Background::bounded(1024, WhenFull::DropAndCount)
    ///     .on_dropped(|dropped| eprintln!("{dropped}"))
    ///     .spawn(|_: &Record| ())?;
    /// # let _ = background.close(Duration::MAX);
    /// # Ok::<(), tollgate::observer::SpawnError>(())
    /// ```
    pub fn on_dropped(mut self, report: impl FnMut(&Dropped<'_>) + Send + 'static) -> Self {
        self.options.on_dropped = Some(Isolated::new(Box::new(report)));
        self
    }

    /// Delivers by [`Observer::observe_all`], at most this many records in one call; 0 counts as 1. It does not wait until
    /// a batch is full: a call has the records that are in the queue at that time.
    ///
    /// An error or a panic of a whole batch counts for each of its records and is reported once, with all
    /// [records](Failure::records).
    pub fn batches(mut self, max: usize) -> Self {
        self.options.batches = Some(max.max(1));
        self
    }

    /// Starts a thread that notifies this observer.
    ///
    /// # Errors
    ///
    /// Returns [`SpawnError`] if the system cannot start a thread.
    pub fn spawn(self, observer: impl Observer + Send + 'static) -> Result<Background, SpawnError> {
        let (name, place) = (observer.name().into_owned(), observer.place());
        let (background, worker) = self.with_worker(name, place, AnyObserver::synchronous(observer));
        let name = &background.handle.state.name;
        // A thread's name must not contain a NUL byte.
        let builder = thread::Builder::new().name(name.replace('\0', " "));
        let spawned = builder.spawn(move || worker.block());
        spawned.map_err(|cause| SpawnError { observer: name.clone(), cause })?;
        Ok(background)
    }

    /// Attempts a delivery that failed with an error again, on the worker and after a delay. A panic is not retried, and
    /// neither is an event that is not registered in a hub ([`Unregistered`](crate::hub::Unregistered)): each further
    /// attempt would fail too.
    ///
    /// The order is kept: later records wait in the queue until the next attempt, and the queue can become full. After
    /// the last attempt the failure is counted and reported with the number of [attempts](Failure::attempts), and the
    /// worker continues with the next record. A batch is repeated with the same records. Closing does not shorten a
    /// delay; a record that waits for its next attempt when the time is up is in
    /// [`CloseReport::left`](super::CloseReport::left).
    ///
    /// A worker that is a future sleeps by your runtime's timer:
    ///
    /// ```
    /// use std::time::Duration;
    /// use tollgate::observer::{Background, Retry, WhenFull};
    /// use tollgate::Record;
    ///
    /// # async fn post(_: String) -> std::io::Result<()> { Ok(()) }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (background, worker) = Background::bounded(1024, WhenFull::DropAndCount)
    ///     .retry(Retry::attempts(5).first_delay(Duration::from_secs(1)).jitter())
    ///     .pair_with(|record: &Record| post(record.id.to_string()), tokio::time::sleep);
    /// tokio::spawn(worker);
    /// # drop(background);
    /// # }
    /// ```
    pub fn retry(self, retry: Retry) -> BackgroundBuilder<Retry> {
        BackgroundBuilder { options: Options { retry: Some(retry), ..self.options }, retries: PhantomData }
    }

    /// Builds the handle, and the worker that notifies this observer: a future that you spawn on the runtime of your
    /// choice. No record is delivered before it runs. It ends when all records are delivered after
    /// [`close_when`](Background::close_when), or after every clone of the handle is dropped. A builder with
    /// [`retry`](BackgroundBuilder::retry) has [`pair_with`](BackgroundBuilder::pair_with) instead.
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
    /// assert_eq!(closed.to_string(), "observer `post`: 0 delivered, 0 of them failed; 0 dropped, 0 left");
    /// # }
    /// ```
    pub fn pair<O: AsyncObserver + 'static>(
        self,
        observer: O,
    ) -> (Background, impl Future<Output = ()> + Send + use<O, R>)
    where
        R: Untimed,
    {
        let (background, worker) = self.with_waiting(observer);
        (background, worker.future(|_| ready(())))
    }

    fn with_waiting(self, observer: impl AsyncObserver + 'static) -> (Background, Worker) {
        let (name, place) = (observer.name().into_owned(), observer.place());
        self.with_worker(name, place, AnyObserver::asynchronous(observer))
    }

    fn with_worker(self, name: String, place: ObserverPlace, observer: AnyObserver<'static>) -> (Background, Worker) {
        let Options { capacity, when_full, report, on_dropped, batches, retry, .. } = self.options;
        let name = self.options.name.map_or(name, Cow::into_owned);
        let state = Arc::new(BackgroundState {
            queue: Queue::new(capacity, when_full, name.clone()),
            drop_notifier: DropNotifier::new(on_dropped),
            name,
        });
        let worker = Worker::new(Arc::clone(&state), observer, report, (batches, retry));
        (Background { handle: Arc::new(Handle { state, place }) }, worker)
    }
}

impl<R> fmt::Debug for BackgroundBuilder<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options { capacity, when_full, name, batches, retry, .. } = &self.options;
        formatter
            .debug_struct("BackgroundBuilder")
            .field("capacity", capacity)
            .field("when_full", when_full)
            .field("name", name)
            .field("batches", batches)
            .field("retry", retry)
            .finish_non_exhaustive()
    }
}
