//! Lists of observers: each is notified in its position, and is isolated from the others.

mod batch;
mod by_position;

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

pub(crate) use self::by_position::{HUB_NAME, Reporter};
use super::outcome::{Isolated, Report, isolated};
use super::{AsyncObserver, BatchError, Failure, Failures, Fault, Observer, ObserverError, ObserverPlace};
use crate::record::Record;

/// Observers in the order in which they are notified. `O` is the stored form of an observer.
struct List<'o, O> {
    entries: Vec<ListEntry<O>>,
    report: Option<Report<'o>>,
}

struct ListEntry<O> {
    observer: O,
    place: ObserverPlace,
    failures: Failures,
}

impl<O> List<'_, O> {
    const fn new() -> Self {
        Self { entries: Vec::new(), report: None }
    }

    fn insert(&mut self, name: String, place: ObserverPlace, observer: O) {
        let name = self.free_name(name, None);
        self.insert_as(name, place, observer);
    }

    /// Inserts it under a name that is free.
    fn insert_as(&mut self, name: String, place: ObserverPlace, observer: O) {
        let position = self.entries.partition_point(|entry| entry.place <= place);
        let failures = Failures::of(name);
        self.entries.insert(position, ListEntry { observer, place, failures });
    }

    /// Returns the name, with a number if the name is taken or reserved: a report must show which of them failed.
    fn free_name(&self, name: String, reserved: Option<&str>) -> String {
        let names = || self.entries.iter().map(|entry| &*entry.failures.observer).chain(reserved);
        let is_free = |name: &String| names().all(|taken| taken != name);
        if is_free(&name) {
            return name;
        }
        let of_that_name =
            |taken: &&str| taken.strip_prefix(&*name).is_some_and(|rest| rest.is_empty() || rest.starts_with(" #"));
        let first = names().filter(of_that_name).count() + 1;
        let mut numbered = (first..=first + self.entries.len() + 1).map(|number| format!("{name} #{number}"));
        numbered.find(is_free).expect("there are more numbers than names that could take one")
    }
}

macro_rules! list_of_observers {
    ($Observers:ident) => {
        impl<'o> $Observers<'o> {
            /// Returns an empty list.
            #[must_use]
            pub const fn new() -> Self {
                Self(List::new())
            }

            /// Reports each failure to this closure, in place of the previous one. Without one, failures are
            /// only counted. A panic in the closure itself is caught after the panic hook has run.
            pub fn on_failure(&mut self, report: impl FnMut(&Failure<'_>) + Send + 'o) {
                self.0.report = Some(Isolated::new(Box::new(report)));
            }

            /// Returns the failure counts of each observer, in the order in which they are notified.
            pub fn failures(&self) -> impl Iterator<Item = &Failures> {
                self.0.entries.iter().map(|entry| &entry.failures)
            }

            /// Returns whether the list has no observers.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.entries.is_empty()
            }
        }

        impl Default for $Observers<'_> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Debug for $Observers<'_> {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.debug_list().entries(self.failures()).finish()
            }
        }
    };
}

/// Observers that are notified one after the other: those with `first`, then those without a position, then those with
/// `last`.
///
/// Each is isolated: an error or a panic in one is counted and reported with its name, and the others are notified (if
/// panics unwind). A panic in the drop of an observer is caught too.
/// [`sink::adapt(..).observed_by(..)`](crate::sink::Adapter::observed_by) keeps such a list. You can also notify a list
/// of records that come from elsewhere.
pub struct Observers<'o>(List<'o, IsolatedObserver<'o>>);

type IsolatedObserver<'o> = Isolated<Box<dyn Observer + Send + 'o>>;

list_of_observers!(Observers);

impl<'o> Observers<'o> {
    /// Adds an observer, in the position that it requests.
    pub fn add(&mut self, observer: impl Observer + Send + 'o) {
        self.0.insert(observer.name().into_owned(), observer.place(), Isolated::new(Box::new(observer)));
    }

    /// Notifies all of them of a record.
    pub fn notify(&mut self, record: &Record) {
        let List { entries, report } = &mut self.0;
        for ListEntry { observer, failures, .. } in entries {
            if let Err(fault) = notify_isolated(&mut ***observer, record) {
                failures.count(fault, record, report.as_mut());
            }
        }
    }
}

/// The list as one observer, which never fails: the failures of each observer are counted in the list.
impl Observer for Observers<'_> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.notify(record);
        Ok(())
    }

    fn missed(&mut self, count: u64) {
        self.missed_by_all(count);
    }
}

/// [`Observers`] of which some are asynchronous. Each is awaited before the next is notified.
pub struct AsyncObservers<'o>(List<'o, AnyObserver<'o>>);

list_of_observers!(AsyncObservers);

impl<'o> AsyncObservers<'o> {
    /// Adds an observer, in the position that it requests.
    pub fn add(&mut self, observer: impl Observer + Send + 'o) {
        self.0.insert(observer.name().into_owned(), observer.place(), AnyObserver::synchronous(observer));
    }

    /// Adds an asynchronous observer, in the position that it requests.
    pub fn add_async(&mut self, observer: impl AsyncObserver + 'o) {
        self.0.insert(observer.name().into_owned(), observer.place(), AnyObserver::asynchronous(observer));
    }

    /// Notifies all of them of a record, and awaits each before the next.
    ///
    /// If the future is dropped, the observer that was awaited does not finish, and those after it are not notified.
    pub async fn notify(&mut self, record: &Record) {
        let List { entries, report } = &mut self.0;
        for ListEntry { observer, failures, .. } in entries {
            if let Err(fault) = observer.notify(record).await {
                failures.count(fault, record, report.as_mut());
            }
        }
    }
}

/// Keeps the observers and their counts. Asynchronous ones can be added.
impl<'o> From<Observers<'o>> for AsyncObservers<'o> {
    fn from(Observers(List { entries, report }): Observers<'o>) -> Self {
        let entries = entries.into_iter().map(|ListEntry { observer, place, failures }| ListEntry {
            observer: AnyObserver::Sync(observer),
            place,
            failures,
        });
        Self(List { entries: entries.collect(), report })
    }
}

/// The list as one observer, which never fails: the failures of each observer are counted in the list.
impl AsyncObserver for AsyncObservers<'_> {
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.notify(record).await;
        Ok(())
    }

    async fn missed(&mut self, count: u64) {
        self.missed_by_all(count).await;
    }
}

/// An observer, synchronous or asynchronous.
pub(super) enum AnyObserver<'o> {
    Sync(IsolatedObserver<'o>),
    Async(Isolated<Box<dyn DynAsyncObserver + 'o>>),
}

impl<'o> AnyObserver<'o> {
    pub(super) fn synchronous(observer: impl Observer + Send + 'o) -> Self {
        Self::Sync(Isolated::new(Box::new(observer)))
    }

    pub(super) fn asynchronous(observer: impl AsyncObserver + 'o) -> Self {
        Self::Async(Isolated::new(Box::new(observer)))
    }

    pub(super) async fn notify(&mut self, record: &Record) -> Result<(), Fault> {
        match self {
            AnyObserver::Sync(observer) => notify_isolated(&mut ***observer, record),
            AnyObserver::Async(observer) => {
                catch_panic(Isolated::new(observer.observe(record))).await?.map_err(Fault::Error)
            }
        }
    }
}

/// An [`AsyncObserver`] of any type.
pub(super) trait DynAsyncObserver: Send {
    fn observe<'a>(&'a mut self, record: &'a Record) -> NotifyFuture<'a, Result<(), ObserverError>>;

    fn observe_all<'a>(&'a mut self, records: &'a [Record]) -> NotifyFuture<'a, Result<(), BatchError>>;

    fn missed(&mut self, count: u64) -> NotifyFuture<'_, ()>;
}

pub(super) type NotifyFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

// Each method returns an `async` block, so that the observer's future is built and dropped while the block is polled. A
// panic in either is then a panic of the poll.
impl<O: AsyncObserver> DynAsyncObserver for O {
    fn observe<'a>(&'a mut self, record: &'a Record) -> NotifyFuture<'a, Result<(), ObserverError>> {
        Box::pin(async move { AsyncObserver::observe(self, record).await })
    }

    fn observe_all<'a>(&'a mut self, records: &'a [Record]) -> NotifyFuture<'a, Result<(), BatchError>> {
        Box::pin(async move { AsyncObserver::observe_all(self, records).await })
    }

    fn missed(&mut self, count: u64) -> NotifyFuture<'_, ()> {
        Box::pin(async move { AsyncObserver::missed(self, count).await })
    }
}

/// Notifies one observer, and catches its panic.
pub(super) fn notify_isolated<O: Observer + ?Sized>(observer: &mut O, record: &Record) -> Result<(), Fault> {
    isolated(|| observer.observe(record))?.map_err(Fault::Error)
}

/// Awaits the future, and catches its panic.
pub(super) async fn catch_panic<T>(mut notified: Isolated<NotifyFuture<'_, T>>) -> Result<T, Fault> {
    poll_fn(|context| match isolated(|| notified.as_mut().poll(context)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(answer)) => Poll::Ready(Ok(answer)),
        Err(fault) => Poll::Ready(Err(fault)),
    })
    .await
}
