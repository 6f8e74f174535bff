//! Several records in one call: the error with the position of the record at fault, and the default, which notifies of one
//! record after the other.

use std::fmt;

use super::list::{NotifyFuture, catch_panic, notify_isolated};
use super::outcome::{Fault, Isolated};
use super::{AsyncObserver, Observer, ObserverError};
use crate::record::Record;

/// Why [`observe_all`](Observer::observe_all) failed, and on which records.
///
/// `?` converts any error, which then counts for all records of the batch. [`at`](BatchError::at) names the first
/// record that was not delivered.
///
/// ```
/// use tollgate::observer::{BatchError, Observer, ObserverError};
/// use tollgate::Record;
///
/// struct Usage(Vec<String>);
///
/// impl Observer for Usage {
///     fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
///         self.observe_all(std::slice::from_ref(record)).map_err(BatchError::into_error)
///     }
///
///     fn observe_all(&mut self, records: &[Record]) -> Result<(), BatchError> {
///         for (position, record) in records.iter().enumerate() {
///             let line = serde_json::to_string(record).map_err(|error| BatchError::at(position, error))?;
///             self.0.push(line);
///         }
///         Ok(())
///     }
/// }
/// # Usage(Vec::new()).observe_all(&[])?;
/// # Ok::<(), BatchError>(())
/// ```
#[derive(Debug)]
pub struct BatchError {
    /// The position of the record at fault; `None` if the error counts for all records.
    pub(super) position: Option<usize>,
    pub(super) fault: Fault,
}

impl BatchError {
    /// Builds the error of an observer that delivered the records before this position, failed on the record at it,
    /// and did not try the records after it. A [`Background`](super::Background) continues from there.
    pub fn at(position: usize, error: impl Into<ObserverError>) -> Self {
        Self { position: Some(position), fault: Fault::Error(error.into()) }
    }

    /// Returns the position of the record at fault, or `None` if the error counts for all records.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.position
    }

    /// Returns the error or the panic.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Returns the error alone; the message of a panic becomes an error.
    #[must_use]
    pub fn into_error(self) -> ObserverError {
        match self.fault {
            Fault::Error(error) => error,
            Fault::Panic(message) => format!("panicked: {message}").into(),
        }
    }
}

/// The error counts for all records of the batch.
impl<E: Into<ObserverError>> From<E> for BatchError {
    fn from(error: E) -> Self {
        Self { position: None, fault: Fault::Error(error.into()) }
    }
}

impl fmt::Display for BatchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(formatter, "{}, at position {position} of the batch", self.fault),
            None => write!(formatter, "{}, on all records of the batch", self.fault),
        }
    }
}

/// Notifies the observer of one record after the other, up to the first on which it fails.
pub(super) fn each<O: Observer + ?Sized>(observer: &mut O, records: &[Record]) -> Result<(), BatchError> {
    for (position, record) in records.iter().enumerate() {
        notify_isolated(observer, record).map_err(|fault| BatchError { position: Some(position), fault })?;
    }
    Ok(())
}

pub(super) async fn each_async<O: AsyncObserver + ?Sized>(
    observer: &mut O,
    records: &[Record],
) -> Result<(), BatchError> {
    for (position, record) in records.iter().enumerate() {
        let observer = &mut *observer;
        let notified: NotifyFuture<'_, _> = Box::pin(async move { observer.observe(record).await });
        let answer = catch_panic(Isolated::new(notified)).await.and_then(|answer| answer.map_err(Fault::Error));
        answer.map_err(|fault| BatchError { position: Some(position), fault })?;
    }
    Ok(())
}
