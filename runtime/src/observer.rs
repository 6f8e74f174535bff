//! Observers are told: plugins, metrics and alerts that hear of a record after the sink has accepted it.
//!
//! A sink decides, and there is one; observers are told, and there are as many as you like. One that fails, by an
//! error or by a panic, stops neither the transition nor the others. [The guide](crate::guide::observers) says more
//! of the difference, and why no two sinks are joined.
//!
//! | for | there is |
//! | --- | --- |
//! | hearing of records | [`Observer`], a closure for one; [`AsyncObserver`] where it waits |
//! | joining them to a sink | [`sink::adapt(..)`](crate::sink::adapt) with [`observed_by`](crate::sink::Adapter::observed_by) or [`observed_by_async`](crate::sink::Adapter::observed_by_async) |
//! | saying who is told first, last, and under which name | [`first`](Observer::first), [`last`](Observer::last), [`named`](Observer::named) |
//! | a list that several sinks share | [`Observers`], [`AsyncObservers`], lent by [`by_ref`](Observer::by_ref) |
//! | what is too slow to wait for | [`Background`]: a bounded queue, and a worker |
//! | what is written in a transaction | [`Buffer`]: told when the transaction has committed |
//! | `tracing` | `Trace`, with the feature `tracing` |
//! | knowing how they fare | [`Failures`] for each, and `on_failure` for every single [`Failure`] |

mod adapt;
mod background;
mod buffer;
mod list;
mod outcome;
#[cfg(feature = "tracing")]
mod trace;

use std::borrow::Cow;
use std::future::Future;

use self::adapt::type_name;
pub use self::adapt::{ByRef, Named, PlacedObserver};
pub use self::background::{Background, BackgroundBuilder, CloseReport, NotQueued, SpawnError, WhenFull};
pub use self::buffer::{Buffer, DeliveryFailure, Savepoint};
pub(crate) use self::list::Reporter;
pub use self::list::{AsyncObservers, Observers};
pub(crate) use self::outcome::isolated;
pub use self::outcome::{Failure, Failures, Fault, ObserverError, Outcome};
#[cfg(feature = "tracing")]
pub(crate) use self::trace::Origin;
#[cfg(feature = "tracing")]
pub use self::trace::Trace;
use crate::record::Record;

/// Is told of a record after the sink has accepted it. It cannot refuse.
///
/// [`sink::adapt`](crate::sink::adapt) joins any number of them to a sink. An error or a panic in
/// one reaches neither the transition nor the others (where panics unwind): it is counted, and reported with the
/// observer's name.
///
/// A closure is an observer, whether it returns nothing or a `Result`. Write its parameter's type out, `&Record`, or
/// rustc finds it "not general enough":
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
    /// Hears of the record, in the order of acceptance.
    ///
    /// # Errors
    ///
    /// Whatever kept it from doing its work. The error is counted and reported, and stops nothing.
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError>;

    /// What the observer is called where its failures are counted and reported: by default its type, and for a
    /// closure the place where it is written. The second of one name in a list is `#2` there.
    fn name(&self) -> Cow<'_, str> {
        type_name::<Self>()
    }

    /// When it is told, among those who are told of the same record.
    fn place(&self) -> ObserverPlace {
        ObserverPlace::InOrder
    }

    /// The same observer under this name.
    fn named(self, name: impl Into<Cow<'static, str>>) -> Named<Self>
    where
        Self: Sized,
    {
        Named { observer: self, name: name.into() }
    }

    /// The same observer, told before those that did not ask for it.
    fn first(self) -> PlacedObserver<Self>
    where
        Self: Sized,
    {
        PlacedObserver { observer: self, place: ObserverPlace::First }
    }

    /// The same observer, told after those that did not ask for it.
    fn last(self) -> PlacedObserver<Self>
    where
        Self: Sized,
    {
        PlacedObserver { observer: self, place: ObserverPlace::Last }
    }

    /// The same observer, lent: it is there again when what it was lent to is gone.
    fn by_ref(&mut self) -> ByRef<'_, Self>
    where
        Self: Sized,
    {
        ByRef(self)
    }
}

/// An [`Observer`] that waits. [`observed_by_async`](crate::sink::Adapter::observed_by_async) joins it to a
/// sink; the commit is done when it is.
///
/// **Dropping the future of a commit** while an observer is waited for drops the machine, too: the record stands in
/// the log, this observer is left where it stood, and those after it are not told.
///
/// A closure is one if it gives a future that borrows nothing from the record, which an `async` closure's does; others
/// are written out:
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
    /// Hears of the record, in the order of acceptance; see [`Observer::observe`].
    ///
    /// # Errors
    ///
    /// Those of [`Observer::observe`].
    fn observe(&mut self, record: &Record) -> impl Future<Output = Result<(), ObserverError>> + Send;

    /// What the observer is called; see [`Observer::name`].
    fn name(&self) -> Cow<'_, str> {
        type_name::<Self>()
    }

    /// When it is told; see [`Observer::place`].
    fn place(&self) -> ObserverPlace {
        ObserverPlace::InOrder
    }

    /// The same observer under this name.
    fn named(self, name: impl Into<Cow<'static, str>>) -> Named<Self>
    where
        Self: Sized,
    {
        Named { observer: self, name: name.into() }
    }

    /// The same observer, told before those that did not ask for it.
    fn first(self) -> PlacedObserver<Self>
    where
        Self: Sized,
    {
        PlacedObserver { observer: self, place: ObserverPlace::First }
    }

    /// The same observer, told after those that did not ask for it.
    fn last(self) -> PlacedObserver<Self>
    where
        Self: Sized,
    {
        PlacedObserver { observer: self, place: ObserverPlace::Last }
    }

    /// The same observer, lent: it is there again when what it was lent to is gone.
    fn by_ref(&mut self) -> ByRef<'_, Self>
    where
        Self: Sized,
    {
        ByRef(self)
    }
}

/// When an observer is told of a record. Those of one place are told as they were registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ObserverPlace {
    /// Before those that did not ask.
    First,
    /// In the order of registration.
    #[default]
    InOrder,
    /// After those that did not ask.
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
