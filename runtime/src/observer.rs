//! Observers: plugins, metrics and alerts that are notified of a record after the sink has accepted it.
//!
//! A commit has one sink, which accepts or refuses the record. Any number of observers are notified afterwards. If an
//! observer returns an error or panics, the transition and the other observers are not affected. [The
//! guide](crate::guide::observers) explains the difference, and why two sinks cannot be joined.
//!
//! | for | there is |
//! | --- | --- |
//! | receiving records | [`Observer`], or a closure; [`AsyncObserver`] if it waits |
//! | joining them to a sink | [`sink::adapt(..)`](crate::sink::adapt) with [`observed_by`](crate::sink::Adapter::observed_by) or [`observed_by_async`](crate::sink::Adapter::observed_by_async) |
//! | choosing the order and the names | [`first`](Observer::first), [`last`](Observer::last), [`named`](Observer::named) |
//! | a list that several sinks share | [`Observers`], [`AsyncObservers`], lent by [`by_ref`](Observer::by_ref) |
//! | observers that are too slow to wait for | [`Background`]: a bounded queue and a worker, with [batches](BackgroundBuilder::batches) and [`Retry`] |
//! | a time limit for an asynchronous observer | [`within`](AsyncObserver::within) |
//! | records of a transaction | [`Buffer`]: delivered when the transaction has committed |
//! | `tracing` | `Trace`, with the feature `tracing` |
//! | counting and reporting failures | [`Failures`] for each observer, and `on_failure` for every single [`Failure`] |

mod adapt;
mod background;
mod batch;
mod buffer;
mod limit;
mod list;
mod origin;
mod outcome;
#[cfg(feature = "tracing")]
mod trace;
mod under_lock;
pub(crate) mod unregistered;

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use self::adapt::type_name;
pub use self::adapt::{ByRef, Named, PlacedObserver};
pub use self::background::{
    Background, BackgroundBuilder, CloseReport, Dropped, NotFlushed, NotQueued, Retry, SpawnError, WhenFull,
};
pub use self::batch::BatchError;
use self::batch::{each, each_async};
pub use self::buffer::{Buffer, DeliveryFailure, Savepoint};
pub use self::limit::{TimedOut, Within};
pub use self::list::{AsyncObservers, Observers};
pub(crate) use self::list::{HUB_NAME, Reporter};
pub(crate) use self::origin::Origin;
pub(crate) use self::outcome::isolated;
pub use self::outcome::{Failure, Failures, Fault, ObserverError, Outcome};
#[cfg(feature = "tracing")]
pub use self::trace::Trace;
pub(crate) use self::under_lock::is_under_lock;
#[cfg(feature = "file")]
pub(crate) use self::under_lock::under_lock;
use crate::record::Record;

/// An observer, which is notified of each record after the sink has accepted it. It cannot refuse the record.
///
/// [`sink::adapt`](crate::sink::adapt) joins any number of them to a sink. An error or a panic in an observer (if panics
/// unwind) affects neither the transition nor the other observers: it is counted, and reported with the observer's name.
///
/// A closure is an observer, whether it returns nothing or a `Result`. Write the type of its parameter, `&Record`; without
/// it, rustc reports that the closure is "not general enough":
///
/// ```
/// use tollgate::{Observer, Record, sink};
///
/// let mut transitions = 0;
/// let log = sink::adapt(Vec::<Record>::new())
///     .observed_by(|_: &Record| transitions += 1)
///     .observed_by((|record: &Record| std::fs::write("last", record.id.to_string())).named("last").first());
/// # let _ = log;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an observer",
    note = "a closure is one if it takes `&Record`, with the type written out: `|record: &Record| ..`",
    note = "an observer that is only borrowed becomes one by `by_ref()`; one that waits goes into `observed_by_async`"
)]
pub trait Observer {
    /// Receives the record, in the order of acceptance.
    ///
    /// # Errors
    ///
    /// Returns any error of its work. The error is counted and reported. It affects neither the commit nor other observers.
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError>;

    /// Receives several records at once, in the order of acceptance: from a [`Background`] with
    /// [`batches`](BackgroundBuilder::batches). By default it passes them to [`observe`](Observer::observe) one by one,
    /// so that each fails alone.
    ///
    /// # Errors
    ///
    /// Returns [`BatchError`] if a record was not delivered. An error that `?` converts counts for all records.
    /// [`BatchError::at`] names the first record that was not delivered.
    fn observe_all(&mut self, records: &[Record]) -> Result<(), BatchError> {
        each(self, records)
    }

    /// Receives the number of records that a full [`Background`] dropped at this point of the order: before the next
    /// record, or as soon as all earlier ones are delivered. By default it does nothing.
    ///
    /// If that queue forwards to another one, the number comes through both. Only the first one counts it in
    /// [`CloseReport::dropped`].
    fn missed(&mut self, count: u64) {
        let _ = count;
    }

    /// Returns the name under which its failures are counted and reported: by default its type, and for a closure the
    /// place where it is written. The second observer with the same name in a list is `#2` there.
    fn name(&self) -> Cow<'_, str> {
        type_name::<Self>()
    }

    /// Returns when it is notified, compared with the other observers of the same record.
    fn place(&self) -> ObserverPlace {
        ObserverPlace::InOrder
    }

    /// Returns the same observer under this name.
    fn named(self, name: impl Into<Cow<'static, str>>) -> Named<Self>
    where
        Self: Sized,
    {
        Named { observer: self, name: name.into() }
    }

    /// Returns the same observer, notified before those without a place.
    fn first(self) -> PlacedObserver<Self>
    where
        Self: Sized,
    {
        PlacedObserver { observer: self, place: ObserverPlace::First }
    }

    /// Returns the same observer, notified after those without a place.
    fn last(self) -> PlacedObserver<Self>
    where
        Self: Sized,
    {
        PlacedObserver { observer: self, place: ObserverPlace::Last }
    }

    /// Borrows the observer, so that you have it back when the borrower is dropped.
    fn by_ref(&mut self) -> ByRef<'_, Self>
    where
        Self: Sized,
    {
        ByRef(self)
    }
}

/// An asynchronous [`Observer`]. [`observed_by_async`](crate::sink::Adapter::observed_by_async) joins it to a
/// sink; the commit awaits it.
///
/// **Dropping the future of a commit** while it awaits an observer drops the machine, too: the record is in the log, the
/// future of this observer is dropped, and the observers after it are not notified.
///
/// A closure is an asynchronous observer if its future borrows nothing from the record. The future of an `async` closure
/// borrows from it; implement the trait in that case:
///
/// ```
/// use tollgate::observer::{AsyncObserver, AsyncObservers, ObserverError};
/// use tollgate::Record;
///
/// # async fn post(_: String) -> std::io::Result<()> { Ok(()) }
/// let mut observers = AsyncObservers::new();
/// observers.add_async(|record: &Record| post(record.id.to_string()));
///
/// # struct Webhook;
/// # impl Webhook { async fn post(&mut self, _: String) -> std::io::Result<()> { Ok(()) } }
/// impl AsyncObserver for Webhook {
///     async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
///         Ok(self.post(serde_json::to_string(record)?).await?)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an observer that waits",
    note = "a closure is one if it takes `&Record`, with the type written out, and gives a future that borrows nothing \
            from it: `|record: &Record| {{ let id = record.id; async move {{ .. }} }}`",
    note = "an observer that does not wait goes into `observed_by`"
)]
pub trait AsyncObserver: Send {
    /// Receives the record, in the order of acceptance; see [`Observer::observe`].
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Observer::observe`].
    fn observe(&mut self, record: &Record) -> impl Future<Output = Result<(), ObserverError>> + Send;

    /// Receives several records at once; see [`Observer::observe_all`].
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Observer::observe_all`].
    fn observe_all(&mut self, records: &[Record]) -> impl Future<Output = Result<(), BatchError>> + Send {
        each_async(self, records)
    }

    /// Receives the number of records that were dropped; see [`Observer::missed`].
    fn missed(&mut self, count: u64) -> impl Future<Output = ()> + Send {
        let _ = count;
        std::future::ready(())
    }

    /// Returns the observer's name; see [`Observer::name`].
    fn name(&self) -> Cow<'_, str> {
        type_name::<Self>()
    }

    /// Returns when it is notified; see [`Observer::place`].
    fn place(&self) -> ObserverPlace {
        ObserverPlace::InOrder
    }

    /// Returns the same observer under this name.
    fn named(self, name: impl Into<Cow<'static, str>>) -> Named<Self>
    where
        Self: Sized,
    {
        Named { observer: self, name: name.into() }
    }

    /// Returns the same observer, notified before those without a place.
    fn first(self) -> PlacedObserver<Self>
    where
        Self: Sized,
    {
        PlacedObserver { observer: self, place: ObserverPlace::First }
    }

    /// Returns the same observer, notified after those without a place.
    fn last(self) -> PlacedObserver<Self>
    where
        Self: Sized,
    {
        PlacedObserver { observer: self, place: ObserverPlace::Last }
    }

    /// Returns the same observer with a time limit for each notification: when it has passed, the observer's future is
    /// dropped, and the notification fails with [`TimedOut`]. The timer comes from your runtime; see [`Within`].
    fn within<S, F>(self, limit: Duration, sleep: S) -> Within<Self, S>
    where
        Self: Sized,
        S: FnMut(Duration) -> F + Send,
        F: Future + Send,
    {
        Within { observer: self, limit, sleep }
    }

    /// Borrows the observer, so that you have it back when the borrower is dropped.
    fn by_ref(&mut self) -> ByRef<'_, Self>
    where
        Self: Sized,
    {
        ByRef(self)
    }
}

/// The position of an observer among the observers of a record. Observers with the same place are notified in the order of
/// registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ObserverPlace {
    /// Before the others.
    First,
    /// In the order of registration.
    #[default]
    InOrder,
    /// After the others.
    Last,
}

impl<F, O> Observer for F
where
    F: FnMut(&Record) -> O,
    O: Outcome,
{
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self(record).outcome()
    }
}

impl<F, T> AsyncObserver for F
where
    F: FnMut(&Record) -> T + Send,
    T: Future<Output: Outcome> + Send,
{
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self(record).await.outcome()
    }
}
