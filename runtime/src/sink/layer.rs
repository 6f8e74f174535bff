//! The two parts of an [`Adapter`](super::Adapter) as traits: a layer, which fills in or redacts, and observers.

use std::borrow::Cow;
use std::future::{Future, ready};

use super::StepFields;
use crate::observer::{AsyncObservers, Observers};
use crate::record::{Actor, Context, Record};

/// The values that the inner adapters fill in.
#[derive(Debug)]
pub struct FilledFields {
    pub(super) actor: Option<Actor>,
    pub(super) context: Context,
}

/// The effect of an adapter on a step and on a record.
pub trait Layer {
    /// Fills in the open fields of the step.
    fn fill(&self, step: &mut StepFields<'_>) {
        let _ = step;
    }

    /// Returns the record as the inner sink sees it. `inner` returns the values that the inner adapters would fill in.
    ///
    /// A commit has filled in its step before it makes the record. A record that is offered directly is filled in here.
    fn rewrite<'r>(&self, record: &'r Record, inner: impl FnOnce() -> FilledFields) -> Cow<'r, Record> {
        let _ = inner;
        Cow::Borrowed(record)
    }
}

impl Layer for () {}

/// The observers of an adapter that do not wait, if there are any.
pub trait Notify {
    /// Whether there are any. They need a record, even if the sink does not.
    const OBSERVES: bool;

    /// Notifies each, in their order.
    fn notify(&mut self, record: &Record);
}

/// The observers of an adapter, some of which may wait.
pub trait NotifyAsync {
    /// Whether there are any.
    const OBSERVES: bool;

    /// Notifies each, in their order, and waits for it.
    fn notify(&mut self, record: &Record) -> impl Future<Output = ()> + Send;
}

impl Notify for () {
    const OBSERVES: bool = false;

    fn notify(&mut self, _: &Record) {}
}

impl Notify for Observers<'_> {
    const OBSERVES: bool = true;

    fn notify(&mut self, record: &Record) {
        self.notify(record);
    }
}

impl<O: Notify> NotifyAsync for O {
    const OBSERVES: bool = O::OBSERVES;

    fn notify(&mut self, record: &Record) -> impl Future<Output = ()> + Send {
        Notify::notify(self, record);
        ready(())
    }
}

impl NotifyAsync for AsyncObservers<'_> {
    const OBSERVES: bool = true;

    fn notify(&mut self, record: &Record) -> impl Future<Output = ()> + Send {
        self.notify(record)
    }
}
