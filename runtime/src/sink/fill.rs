//! The layers that fill in one value each: an actor, a value of the context, the present time, the current span.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
#[cfg(feature = "tracing")]
use tracing::Span;

use super::StepFields;
use super::layer::{FilledFields, Layer};
use crate::record::{Actor, ContextDraft, Record, Timestamp};

/// Fills in the actor; see [`Adapter::by`](super::Adapter::by).
#[derive(Debug, Clone)]
pub struct By(Actor);

impl By {
    pub(super) fn new(actor: Actor) -> Self {
        Self(actor)
    }
}

impl Layer for By {
    fn fill(&self, step: &mut StepFields<'_>) {
        step.actor.get_or_insert_with(|| self.0.clone());
    }

    fn rewrite<'r>(&self, record: &'r Record, _: impl FnOnce() -> FilledFields) -> Cow<'r, Record> {
        filled(self, record, record.actor.is_none())
    }
}

/// Fills in a value of the context; see [`Adapter::with`](super::Adapter::with).
#[derive(Debug, Clone)]
pub struct With(ContextDraft);

impl With {
    pub(super) fn new(key: Cow<'static, str>, value: impl Serialize) -> Self {
        let mut with = ContextDraft::new();
        with.set(key, value);
        Self(with)
    }
}

impl Layer for With {
    fn fill(&self, step: &mut StepFields<'_>) {
        step.context.fill_from(&self.0);
    }

    fn rewrite<'r>(&self, record: &'r Record, _: impl FnOnce() -> FilledFields) -> Cow<'r, Record> {
        filled(self, record, self.0.is_open(&record.context))
    }
}

/// Sets the present time; see [`Adapter::clock`](super::Adapter::clock).
#[derive(Clone)]
pub struct Clock<F>(F);

impl<F> Clock<F> {
    pub(super) fn new(now: F) -> Self {
        Self(now)
    }
}

impl<F: Fn() -> Timestamp> Layer for Clock<F> {
    fn fill(&self, step: &mut StepFields<'_>) {
        step.now.get_or_insert_with(&self.0);
    }
}

impl<F> fmt::Debug for Clock<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Clock").finish_non_exhaustive()
    }
}

/// Fills in the current span of `tracing`; see [`Adapter::in_span`](super::Adapter::in_span).
#[cfg(feature = "tracing")]
#[derive(Debug, Clone)]
pub struct InSpan;

#[cfg(feature = "tracing")]
impl InSpan {
    const KEY: &'static str = "span";
}

#[cfg(feature = "tracing")]
impl Layer for InSpan {
    fn fill(&self, step: &mut StepFields<'_>) {
        if !step.context.has(Self::KEY) {
            if let Some(id) = Span::current().id() {
                step.context.set(Self::KEY, id.into_u64());
            }
        }
    }

    fn rewrite<'r>(&self, record: &'r Record, _: impl FnOnce() -> FilledFields) -> Cow<'r, Record> {
        filled(self, record, record.context.get(Self::KEY).is_none())
    }
}

/// The record, filled in by the layer if something is open.
pub(super) fn filled<'r>(layer: &impl Layer, record: &'r Record, is_open: bool) -> Cow<'r, Record> {
    let mut record = Cow::Borrowed(record);
    if is_open {
        let Record { actor, context, .. } = record.to_mut();
        let mut draft = ContextDraft::from(std::mem::take(context));
        layer.fill(&mut StepFields { actor, context: &mut draft, now: &mut None, wants_record: &mut true });
        *context = draft.into_context();
    }
    record
}
