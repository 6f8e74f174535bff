//! Several observers, each told in its place and each kept from harming the others.

mod chosen;

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use super::{AsyncObserver, Failure, Failures, Fault, Observer, ObserverError, Place};
use crate::record::Record;

/// Observers in the order in which they are told: `O` is how one is kept.
struct List<'o, O> {
    entries: Vec<Entry<O>>,
    report: Option<Box<Report<'o>>>,
}

/// What is told of failures.
type Report<'o> = dyn FnMut(&Failure<'_>) + Send + 'o;

struct Entry<O> {
    observer: O,
    place: Place,
    failures: Failures,
}

impl<O> List<'_, O> {
    const fn new() -> Self {
        Self { entries: Vec::new(), report: None }
    }

    fn insert(&mut self, name: String, place: Place, observer: O) {
        let position = self.entries.partition_point(|entry| entry.place <= place);
        let failures = Failures { observer: name, ..Failures::default() };
        self.entries.insert(position, Entry { observer, place, failures });
    }
}

impl<O> Entry<O> {
    #[cold]
    fn count(&mut self, fault: Fault, record: &Record, report: Option<&mut Box<Report<'_>>>) {
        match fault {
            Fault::Error(_) => self.failures.errors += 1,
            Fault::Panic(_) => self.failures.panics += 1,
        }
        if let Some(report) = report {
            let failure = Failure { observer: &self.failures.observer, record, fault };
            // Whoever is told of failures can fail as well, and must stop no more than an observer may.
            let _ = catch_unwind(AssertUnwindSafe(|| report(&failure)));
        }
    }
}

macro_rules! list_of_observers {
    ($Observers:ident) => {
        impl<'o> $Observers<'o> {
            /// No observers yet.
            #[must_use]
            pub const fn new() -> Self {
                Self(List::new())
            }

            /// Reports each failure to this closure, in place of the one before. Without one, failures are
            /// only counted.
            pub fn on_failure(&mut self, report: impl FnMut(&Failure<'_>) + Send + 'o) {
                self.0.report = Some(Box::new(report));
            }

            /// How often each observer has failed, in the order in which they are told.
            pub fn failures(&self) -> impl Iterator<Item = &Failures> {
                self.0.entries.iter().map(|entry| &entry.failures)
            }

            /// Whether there is nobody to tell.
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

/// Observers that are told in turn: those who asked to be first, those who did not ask, those who asked to be last.
///
/// Each is isolated: an error or a panic in one is counted, reported with its name, and stops none of the others
/// (where panics unwind). It is what [`Sink::observed_by`](crate::Sink::observed_by) keeps; by itself it tells
/// of records that come from elsewhere.
pub struct Observers<'o>(List<'o, Box<dyn Observer + Send + 'o>>);

list_of_observers!(Observers);

impl<'o> Observers<'o> {
    /// Adds an observer, in the place that it asks for.
    pub fn add(&mut self, observer: impl Observer + Send + 'o) {
        self.0.insert(observer.name().into_owned(), observer.place(), Box::new(observer));
    }

    /// Tells them all of a record.
    pub fn tell(&mut self, record: &Record) {
        let List { entries, report } = &mut self.0;
        for entry in entries {
            entry.tell(record, report.as_mut());
        }
    }
}

impl Entry<Box<dyn Observer + Send + '_>> {
    fn tell(&mut self, record: &Record, report: Option<&mut Box<Report<'_>>>) {
        // What a panic may leave half done is the observer's own affair; sink and machine are not touched.
        let fault = match catch_unwind(AssertUnwindSafe(|| self.observer.observe(record))) {
            Ok(Ok(())) => return,
            Ok(Err(error)) => Fault::Error(error),
            Err(payload) => Fault::of_panic(payload),
        };
        self.count(fault, record, report);
    }
}

/// [`Observers`] of which some wait; they are told one after the other.
pub struct AsyncObservers<'o>(List<'o, Box<dyn Waiting + 'o>>);

list_of_observers!(AsyncObservers);

impl<'o> AsyncObservers<'o> {
    /// Adds an observer, in the place that it asks for.
    pub fn add(&mut self, observer: impl Observer + Send + 'o) {
        self.0.insert(observer.name().into_owned(), observer.place(), Box::new(AtOnce(observer)));
    }

    /// Adds an observer that waits, in the place that it asks for.
    pub fn add_async(&mut self, observer: impl AsyncObserver + 'o) {
        self.0.insert(observer.name().into_owned(), observer.place(), Box::new(observer));
    }

    /// Tells them all of a record, and waits for each before the next.
    pub async fn tell(&mut self, record: &Record) {
        let List { entries, report } = &mut self.0;
        for entry in entries {
            entry.tell(record, report.as_mut()).await;
        }
    }
}

impl Entry<Box<dyn Waiting + '_>> {
    async fn tell(&mut self, record: &Record, report: Option<&mut Box<Report<'_>>>) {
        let fault = match caught(self.observer.observe(record)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => Fault::Error(error),
            Err(fault) => fault,
        };
        self.count(fault, record, report);
    }
}

/// The same observers, with their counts, and room for some that wait.
impl<'o> From<Observers<'o>> for AsyncObservers<'o> {
    fn from(Observers(List { entries, report }): Observers<'o>) -> Self {
        let waiting = entries.into_iter().map(|Entry { observer, place, failures }| {
            let observer: Box<dyn Waiting + 'o> = Box::new(AtOnce(Kept(observer)));
            Entry { observer, place, failures }
        });
        Self(List { entries: waiting.collect(), report })
    }
}

/// An observer as a list keeps it. A box of one is none by itself: it might be a closure one day.
struct Kept<'o>(Box<dyn Observer + Send + 'o>);

impl Observer for Kept<'_> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.0.observe(record)
    }
}

/// An [`AsyncObserver`] of any type.
trait Waiting: Send {
    fn observe<'a>(&'a mut self, record: &'a Record) -> Told<'a>;
}

type Told<'a> = Pin<Box<dyn Future<Output = Result<(), ObserverError>> + Send + 'a>>;

impl<O: AsyncObserver> Waiting for O {
    fn observe<'a>(&'a mut self, record: &'a Record) -> Told<'a> {
        // A block of our own, so that a panic in the call that makes the future is one of its first poll.
        Box::pin(async move { AsyncObserver::observe(self, record).await })
    }
}

/// An observer that does not wait, among those that do.
struct AtOnce<O>(O);

impl<O: Observer + Send> AsyncObserver for AtOnce<O> {
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.0.observe(record)
    }
}

/// What it answers, or the panic in which it ended.
async fn caught(mut told: Told<'_>) -> Result<Result<(), ObserverError>, Fault> {
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| told.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(answer)) => Poll::Ready(Ok(answer)),
        Err(payload) => Poll::Ready(Err(Fault::of_panic(payload))),
    })
    .await
}
