//! The statements of a step about its transition or event: who acts, why, when, and what else is known.

use uuid::Uuid;

use crate::record::{Actor, ContextDraft, REDACTED, Record, Timestamp};
use crate::sink::Scope;

/// The statements of a step about its transition or event.
pub(super) struct Note {
    pub(super) id: Option<Uuid>,
    pub(super) at: Option<Timestamp>,
    /// The present, if the sink of this commit has a clock. Another commit asks its own sink.
    pub(super) now: Option<Timestamp>,
    pub(super) actor: Option<Actor>,
    pub(super) reason: Option<String>,
    pub(super) context: ContextDraft,
}

impl Note {
    #[inline]
    pub(super) fn new() -> Self {
        Self { id: None, at: None, now: None, actor: None, reason: None, context: ContextDraft::new() }
    }

    /// Taken back from a record that was refused, so that the next try says the same.
    pub(super) fn of(Record { id, at, actor, reason, context, .. }: Record) -> Self {
        Self { id: Some(id), at: Some(at), now: None, actor, reason, context: context.into() }
    }

    /// Names the record that this follows from, and takes its request id if there is none.
    pub(super) fn follow(&mut self, cause: &Record) {
        self.context.set(Record::CAUSED_BY, cause.id.to_string());
        let request = cause.context.get(Scope::REQUEST_ID).filter(|request| *request != REDACTED);
        if let Some(request) = request.filter(|_| !self.context.has(Scope::REQUEST_ID)) {
            self.context.set(Scope::REQUEST_ID, request);
        }
    }
}
