//! Observers are told: plugins, metrics and alerts that hear of a record after the sink has accepted it.

mod list;
mod outcome;

use std::borrow::Cow;
use std::future::Future;

pub use self::list::{AsyncObservers, Observers};
pub use self::outcome::{Failure, Failures, Fault, ObserverError, Outcome};
use crate::record::Record;

/// Is told of a record after the sink has accepted it. It cannot refuse.
///
/// [`Sink::observed_by`](crate::Sink::observed_by) joins any number of them to a sink. An error or a panic in
/// one reaches neither the transition nor the others: it is counted, and reported with the observer's name.
///
/// A closure is an observer, whether it returns nothing or a `Result`:
///
/// ```
/// use tollgate::{Observer, Record, Sink};
///
/// let mut transitions = 0;
/// let log = Vec::new()
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

    /// What the observer is called where its failures are counted and reported: by default its type.
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(type_name::<Self>())
    }

    /// When it is told, among those who are told of the same record.
    fn place(&self) -> Place {
        Place::Registered
    }

    /// The same observer under this name.
    fn named(self, name: impl Into<Cow<'static, str>>) -> Named<Self>
    where
        Self: Sized,
    {
        Named { observer: self, name: name.into() }
    }

    /// The same observer, told before those that did not ask for it.
    fn first(self) -> Placed<Self>
    where
        Self: Sized,
    {
        Placed { observer: self, place: Place::First }
    }

    /// The same observer, told after those that did not ask for it.
    fn last(self) -> Placed<Self>
    where
        Self: Sized,
    {
        Placed { observer: self, place: Place::Last }
    }

    /// The same observer, lent: it is there again when what it was lent to is gone.
    fn by_ref(&mut self) -> ByRef<'_, Self>
    where
        Self: Sized,
    {
        ByRef(self)
    }
}

/// An [`Observer`] that waits. [`AsyncSink::observed_by_async`](crate::AsyncSink::observed_by_async) joins it to a
/// sink; the commit is done when it is.
///
/// ```
/// use tollgate::observer::{AsyncObserver, ObserverError};
/// use tollgate::Record;
///
/// # struct Webhook;
/// # impl Webhook { async fn post(&mut self, _: String) -> std::io::Result<()> { Ok(()) } }
/// impl AsyncObserver for Webhook {
///     async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
///         Ok(self.post(serde_json::to_string(record)?).await?)
///     }
/// }
/// ```
pub trait AsyncObserver: Send {
    /// Hears of the record, in the order of acceptance; see [`Observer::observe`].
    fn observe(&mut self, record: &Record) -> impl Future<Output = Result<(), ObserverError>> + Send;

    /// What the observer is called; see [`Observer::name`].
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(type_name::<Self>())
    }

    /// When it is told; see [`Observer::place`].
    fn place(&self) -> Place {
        Place::Registered
    }

    /// The same observer under this name.
    fn named(self, name: impl Into<Cow<'static, str>>) -> Named<Self>
    where
        Self: Sized,
    {
        Named { observer: self, name: name.into() }
    }

    /// The same observer, told before those that did not ask for it.
    fn first(self) -> Placed<Self>
    where
        Self: Sized,
    {
        Placed { observer: self, place: Place::First }
    }

    /// The same observer, told after those that did not ask for it.
    fn last(self) -> Placed<Self>
    where
        Self: Sized,
    {
        Placed { observer: self, place: Place::Last }
    }
}

/// When an observer is told of a record. Those of one place are told as they were registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Place {
    /// Before those that did not ask.
    First,
    /// In the order of registration.
    #[default]
    Registered,
    /// After those that did not ask.
    Last,
}

/// An observer under another name; see [`Observer::named`].
#[derive(Debug, Clone)]
pub struct Named<O> {
    observer: O,
    name: Cow<'static, str>,
}

/// An observer in another place; see [`Observer::first`] and [`Observer::last`].
#[derive(Debug, Clone)]
pub struct Placed<O> {
    observer: O,
    place: Place,
}

/// An observer that is lent; see [`Observer::by_ref`].
#[derive(Debug)]
pub struct ByRef<'a, O>(&'a mut O);

/// The last part of a type's path, without its parameters.
fn type_name<T: ?Sized>() -> &'static str {
    let path = std::any::type_name::<T>();
    if path.ends_with("{{closure}}") {
        return "closure";
    }
    let path = path.split('<').next().unwrap_or(path);
    path.rsplit("::").next().unwrap_or(path)
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

impl<O: Observer> Observer for Named<O> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.observer.observe(record)
    }

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn place(&self) -> Place {
        self.observer.place()
    }
}

impl<O: Observer> Observer for Placed<O> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.observer.observe(record)
    }

    fn name(&self) -> Cow<'_, str> {
        self.observer.name()
    }

    fn place(&self) -> Place {
        self.place
    }
}

impl<O: Observer> Observer for ByRef<'_, O> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.0.observe(record)
    }

    fn name(&self) -> Cow<'_, str> {
        self.0.name()
    }

    fn place(&self) -> Place {
        self.0.place()
    }
}

impl<O: AsyncObserver> AsyncObserver for Named<O> {
    fn observe(&mut self, record: &Record) -> impl Future<Output = Result<(), ObserverError>> + Send {
        self.observer.observe(record)
    }

    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn place(&self) -> Place {
        self.observer.place()
    }
}

impl<O: AsyncObserver> AsyncObserver for Placed<O> {
    fn observe(&mut self, record: &Record) -> impl Future<Output = Result<(), ObserverError>> + Send {
        self.observer.observe(record)
    }

    fn name(&self) -> Cow<'_, str> {
        self.observer.name()
    }

    fn place(&self) -> Place {
        self.place
    }
}
