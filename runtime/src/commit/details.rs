//! The details of a step: actor, reason, time, context, and the id of its record.

use uuid::Uuid;

use crate::record::{Actor, ContextDraft, REDACTED, Record, Timestamp};
use crate::sink::Scope;

/// The details of a step.
pub(super) struct StepDetails {
    pub(super) id: Option<Uuid>,
    pub(super) at: Option<Timestamp>,
    /// The present, if the sink of this commit has a clock. It does not apply to another commit.
    pub(super) now: Option<Timestamp>,
    pub(super) actor: Option<Actor>,
    pub(super) reason: Option<String>,
    pub(super) context: ContextDraft,
}

impl StepDetails {
    #[inline]
    pub(super) fn new() -> Self {
        Self { id: None, at: None, now: None, actor: None, reason: None, context: ContextDraft::new() }
    }

    /// Takes them from a record that the sink has refused, so that a retry has the same.
    pub(super) fn from_record(Record { id, at, actor, reason, context, .. }: Record) -> Self {
        Self { id: Some(id), at: Some(at), now: None, actor, reason, context: context.into() }
    }

    /// Sets the record that caused this step, and copies its request id if the step has none.
    pub(super) fn set_cause(&mut self, cause: &Record) {
        self.context.set(Record::CAUSED_BY, cause.id.to_string());
        let request = cause.context.get(Scope::REQUEST_ID).filter(|request| *request != REDACTED);
        if let Some(request) = request.filter(|_| !self.context.has(Scope::REQUEST_ID)) {
            self.context.set(Scope::REQUEST_ID, request);
        }
    }
}
