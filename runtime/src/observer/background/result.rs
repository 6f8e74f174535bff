//! The results of a [`Background`](super::Background): its counts when it is closed, and its errors.

use std::fmt;
use std::io;

use uuid::Uuid;

use crate::observer::Failures;
use crate::record::{Printable, Record};

/// The result of closing a [`Background`](super::Background). It displays as a line for the operator.
#[derive(Debug)]
#[non_exhaustive]
pub struct CloseReport {
    /// How many records were delivered, including those on which the observer failed for good.
    pub delivered: u64,
    /// The number of records on which the observer failed.
    pub failures: Failures,
    /// How many records were dropped, because the queue was full or closed. Records that an earlier queue dropped do not
    /// count.
    pub dropped: u64,
    /// The records that will not be delivered, in order: the time was up, or the worker has ended. A record that waited
    /// for its next attempt is included.
    pub left: Vec<Record>,
    /// The records that were being delivered when the time was up: one, or a batch. Their result is not known.
    pub unfinished: Vec<Uuid>,
}

impl fmt::Display for CloseReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CloseReport { delivered, failures, dropped, left, unfinished } = self;
        let (failed, left) = (failures.total(), left.len() + unfinished.len());
        write!(formatter, "observer `{}`: ", Printable(&failures.observer))?;
        write!(formatter, "{delivered} delivered, {failed} of them failed; {dropped} dropped, {left} left")
    }
}

/// A worker thread could not be started.
#[derive(Debug, thiserror::Error)]
#[error("the worker thread of `{}` cannot be started: {cause}", Printable(observer))]
#[non_exhaustive]
pub struct SpawnError {
    /// The name of the observer.
    pub observer: String,
    /// The error of the operating system. The text of this error contains its text.
    pub cause: io::Error,
}

/// Why a [`Background`](super::Background) did not take a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotQueued {
    /// The queue is closed.
    #[error("`{}` is closed and did not accept the record; close it after the last commit", Printable(observer))]
    QueueClosed {
        /// The name of the observer.
        observer: String,
    },
    /// The worker is a future, and was dropped before the queue was closed.
    #[error("the worker of `{}` was dropped before it was closed; keep it running to the end", Printable(observer))]
    WorkerGone {
        /// The name of the observer.
        observer: String,
    },
    /// The observer commits to a sink that it observes itself, and would wait for its own worker to free a place.
    #[error("the queue of `{}` is full and its own worker cannot wait for it; use `DropAndCount`", Printable(observer))]
    OwnWorker {
        /// The name of the observer.
        observer: String,
    },
}

/// Why [`flush`](super::Background::flush) returned before all records were delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotFlushed {
    /// The time was up. The records are still in the queue and will be delivered.
    #[error("`{}` did not deliver {} in time; the delivery continues", Printable(observer), Number(*left))]
    TimeUp {
        /// The name of the observer.
        observer: String,
        /// How many of the records that it accepted before the call are not delivered.
        left: u64,
    },
    /// The time was up. All records are delivered, but the observer is not yet notified of those that were dropped.
    #[error(
        "`{}` was not notified in time of {} that its queue dropped; flush again to wait longer",
        Printable(observer),
        Number(*missed)
    )]
    MissedPending {
        /// The name of the observer.
        observer: String,
        /// How many dropped records it is not notified of.
        missed: u64,
    },
    /// The worker has ended, or the records were given back to the caller that closed it.
    #[error("`{}` was closed or its worker was dropped, with {} not delivered", Printable(observer), Number(*left))]
    Ended {
        /// The name of the observer.
        observer: String,
        /// How many of the records that it accepted before the call are not delivered.
        left: u64,
    },
    /// The observer called it during a delivery, and would wait for itself.
    #[error("the observer `{}` cannot wait for its own worker; flush on another thread", Printable(observer))]
    OwnWorker {
        /// The name of the observer.
        observer: String,
        /// How many of the records that it accepted before the call are not delivered.
        left: u64,
    },
}

/// A number of records in words.
pub(super) struct Number(pub(super) u64);

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.0, if self.0 == 1 { "record" } else { "records" })
    }
}
