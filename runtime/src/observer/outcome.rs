//! The outcome of notifying an observer: success, an error or a panic; and the counts of failures.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::unregistered::Unregistered;
use crate::record::{Printable, Record};

/// The error of an observer: any error, by `?`.
pub type ObserverError = Box<dyn Error + Send + Sync>;

/// The return value of a closure that observes: nothing, or a result.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what an observer returns",
    label = "an observer returns `()` or `Result<(), E>`, where `E` is an error",
    note = "an observer that returns a future is asynchronous: add it by `observed_by_async`, or to a hub by `on_async`"
)]
pub trait Outcome {
    #[doc(hidden)]
    fn outcome(self) -> Result<(), ObserverError>;
}

impl Outcome for () {
    fn outcome(self) -> Result<(), ObserverError> {
        Ok(())
    }
}

impl<E: Into<ObserverError>> Outcome for Result<(), E> {
    fn outcome(self) -> Result<(), ObserverError> {
        self.map_err(Into::into)
    }
}

/// The way in which an observer failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Fault {
    /// It returned an error.
    Error(ObserverError),
    /// It panicked, with this message. The panic hook has seen it too.
    Panic(String),
}

impl Fault {
    /// Returns whether another attempt would fail too: the observer panicked, or the event is not registered in a hub.
    pub(super) fn is_final(&self) -> bool {
        let Fault::Error(error) = self else { return true };
        let mut cause: Option<&(dyn Error + 'static)> = Some(&**error);
        while let Some(error) = cause {
            if error.is::<Unregistered>() {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// Returns the fault for the payload that `catch_unwind` returned.
    fn from_panic(payload: Box<dyn Any + Send>) -> Self {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        let message = text.unwrap_or("a value that is not a text").to_owned();
        drop_payload(payload);
        Self::Panic(message)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Error(error) => write!(formatter, "failed: {error}"),
            Fault::Panic(message) => write!(formatter, "panicked: {message}"),
        }
    }
}

/// Runs the caller's code, and catches its panic (if panics unwind).
pub(crate) fn isolated<T>(run: impl FnOnce() -> T) -> Result<T, Fault> {
    // A panic can leave the observer's own state half changed. The sink and the machine are not touched.
    catch_unwind(AssertUnwindSafe(run)).map_err(Fault::from_panic)
}

/// Drops the payload of a panic, which may panic in turn. The payload of that panic is leaked, so that this ends.
fn drop_payload(payload: Box<dyn Any + Send>) {
    if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(next);
    }
}

/// A value of the caller that this crate keeps. A panic in its drop is caught, so that it stops neither the commit nor the
/// drops after it (if panics unwind).
pub(super) struct Isolated<T>(Option<T>);

impl<T> Isolated<T> {
    pub(super) const fn new(kept: T) -> Self {
        Self(Some(kept))
    }
}

impl<T> Deref for Isolated<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("the value is present until this is dropped")
    }
}

impl<T> DerefMut for Isolated<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect("the value is present until this is dropped")
    }
}

impl<T> Drop for Isolated<T> {
    fn drop(&mut self) {
        let kept = self.0.take();
        // The panic hook has run, and there is no record to report the panic with.
        let _ = isolated(move || drop(kept));
    }
}

/// The failure of an observer on a record. It affects neither the transition nor the other observers.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure<'a> {
    /// The name of the observer.
    pub observer: &'a str,
    /// The record; of a batch that failed as a whole, its first record.
    pub record: &'a Record,
    /// All records that the failure counts for: more than one only if a batch failed as a whole.
    pub records: &'a [Record],
    /// The number of times that a [`Background`](super::Background) attempted the delivery: 1, unless it
    /// [retries](super::BackgroundBuilder::retry).
    pub attempts: u32,
    /// The way in which it failed.
    pub fault: Fault,
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "observer `{}` {}, on record {}", Printable(self.observer), self.fault, self.record.id)?;
        if let more @ 1.. = self.records.len().saturating_sub(1) {
            write!(formatter, " and {more} more")?;
        }
        if self.attempts > 1 {
            write!(formatter, ", after {} attempts", self.attempts)?;
        }
        Ok(())
    }
}

/// The closure that failures are reported to.
pub(super) type Report<'o> = Isolated<Box<dyn FnMut(&Failure<'_>) + Send + 'o>>;

/// The failure counts of an observer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failures {
    /// The name of the observer.
    pub observer: String,
    /// The number of records on which it returned an error.
    pub errors: u64,
    /// The number of records on which it panicked; a panic in [`missed`](super::Observer::missed) counts as one.
    pub panics: u64,
}

impl Failures {
    pub(crate) fn of(observer: String) -> Self {
        Self { observer, errors: 0, panics: 0 }
    }

    /// Returns the sum of errors and panics.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.errors + self.panics
    }

    #[cold]
    pub(super) fn count(&mut self, fault: Fault, record: &Record, report: Option<&mut Report<'_>>) {
        self.count_all(fault, std::slice::from_ref(record), 1, report);
    }

    /// Counts a failure for each of these records, and reports it once.
    #[cold]
    pub(super) fn count_all(
        &mut self,
        fault: Fault,
        records: &[Record],
        attempts: u32,
        report: Option<&mut Report<'_>>,
    ) {
        let Some(record) = records.first() else { return };
        match fault {
            Fault::Error(_) => self.errors += records.len() as u64,
            Fault::Panic(_) => self.panics += records.len() as u64,
        }
        // A hub has reported this one itself: here it is counted only.
        let is_reported =
            matches!(&fault, Fault::Error(error) if error.downcast_ref().is_some_and(Unregistered::is_reported));
        let report = report.filter(|_| !is_reported);
        let failure = Failure { observer: &self.observer, record, records, attempts, fault };
        // The closure that reports can panic as well, and so can an error when it is dropped.
        let _ = isolated(move || {
            if let Some(report) = report {
                report(&failure);
            }
        });
    }
}
