//! Sinks that keep records in memory, hand them to a closure, or keep none.

use std::convert::Infallible;

use super::{AsyncBatchSink, AsyncSink, BatchSink, Sink, StepFields};
use crate::record::Record;

/// A sink that keeps every record and refuses none. For tests and examples: it clones each record, and nothing limits its
/// size.
impl Sink for Vec<Record> {
    type Error = Infallible;

    #[inline]
    fn on_success(&mut self, record: &Record) -> Result<(), Infallible> {
        self.push(record.clone());
        Ok(())
    }
}

impl BatchSink for Vec<Record> {
    fn on_success_all(&mut self, records: &[Record]) -> Result<(), Infallible> {
        self.extend_from_slice(records);
        Ok(())
    }
}

impl AsyncSink for Vec<Record> {
    type Error = Infallible;

    async fn on_success(&mut self, record: &Record) -> Result<(), Infallible> {
        self.push(record.clone());
        Ok(())
    }
}

impl AsyncBatchSink for Vec<Record> {
    async fn on_success_all(&mut self, records: &[Record]) -> Result<(), Infallible> {
        self.extend_from_slice(records);
        Ok(())
    }
}

/// Keeps no record. A commit into it checks all that a commit into another sink checks (guards, requirements, times, and
/// whether the data can be recorded), but no id is generated and no record is built.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAudit;

impl Sink for NoAudit {
    type Error = Infallible;

    #[inline]
    fn on_success(&mut self, _: &Record) -> Result<(), Infallible> {
        Ok(())
    }

    #[inline]
    fn fill(&self, step: &mut StepFields<'_>) {
        *step.wants_record = false;
    }
}

impl BatchSink for NoAudit {
    fn on_success_all(&mut self, _: &[Record]) -> Result<(), Infallible> {
        Ok(())
    }
}

impl AsyncSink for NoAudit {
    type Error = Infallible;

    async fn on_success(&mut self, _: &Record) -> Result<(), Infallible> {
        Ok(())
    }

    fn fill(&self, step: &mut StepFields<'_>) {
        *step.wants_record = false;
    }
}

impl AsyncBatchSink for NoAudit {
    async fn on_success_all(&mut self, _: &[Record]) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A closure as a sink; see [`from_fn`].
#[derive(Debug, Clone, Copy)]
pub struct FromFn<F>(F);

/// Returns a sink that calls a closure.
///
/// ```
/// use tollgate::{Record, sink};
///
/// let (sender, receiver) = std::sync::mpsc::channel();
/// let log = sink::from_fn(move |record: &Record| sender.send(record.clone()));
/// # let _ = (log, receiver);
/// ```
pub fn from_fn<F, E>(accept: F) -> FromFn<F>
where
    F: FnMut(&Record) -> Result<(), E>,
{
    FromFn(accept)
}

impl<F, E> Sink for FromFn<F>
where
    F: FnMut(&Record) -> Result<(), E>,
{
    type Error = E;

    #[inline]
    fn on_success(&mut self, record: &Record) -> Result<(), E> {
        (self.0)(record)
    }
}
