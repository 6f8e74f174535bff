//! The part of a record that a step knows before an actor and a reason are given.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;
use uuid::Uuid;

use super::{Actor, Context, Digest, PrevLine, Record, RecordKind, SubjectRef, Timestamp, WireVersion};

/// The part of a record that a step knows by itself: the edge or the event, and its subject.
pub struct Description {
    pub(crate) kind: RecordKind,
    pub(crate) subject: Option<SubjectRef>,
    pub(crate) machine: Option<Cow<'static, str>>,
    pub(crate) chart: Option<Digest>,
    pub(crate) version: Option<u64>,
    pub(crate) transition: Option<Cow<'static, str>>,
    pub(crate) from: Option<Cow<'static, str>>,
    pub(crate) to: Option<Cow<'static, str>>,
    pub(crate) data: Option<Value>,
    pub(crate) prev: Option<Digest>,
    pub(crate) event: Option<Cow<'static, str>>,
    pub(crate) properties: Option<Value>,
}

impl Description {
    /// Returns a description without any other part.
    #[inline]
    pub(crate) fn new(kind: RecordKind) -> Self {
        Self {
            kind,
            subject: None,
            machine: None,
            chart: None,
            version: None,
            transition: None,
            from: None,
            to: None,
            data: None,
            prev: None,
            event: None,
            properties: None,
        }
    }

    /// Returns the record with these details.
    #[inline]
    pub(crate) fn record(
        self,
        id: Uuid,
        at: Timestamp,
        actor: Option<Actor>,
        reason: Option<String>,
        context: Context,
    ) -> Record {
        let Self { kind, subject, machine, chart, version, transition, from, to, data, prev, event, properties } = self;
        Record {
            v: WireVersion,
            id,
            at,
            kind,
            subject,
            machine,
            chart,
            version,
            transition,
            from,
            to,
            actor,
            reason,
            context,
            parameters: Context::new(),
            data,
            personal: Vec::new(),
            prev,
            event,
            properties,
            refused_by: None,
            refusal: None,
            position: None,
            prev_line: PrevLine,
        }
    }
}

impl fmt::Display for Description {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { subject: Some(subject), transition: Some(transition), from, .. } => {
                write!(formatter, "`{transition}` of {subject}")?;
                from.as_ref().map_or(Ok(()), |from| write!(formatter, " from `{from}`"))
            }
            Self { event: Some(event), subject, .. } => {
                write!(formatter, "`{event}`")?;
                subject.as_ref().map_or(Ok(()), |subject| write!(formatter, " about {subject}"))
            }
            _ => formatter.write_str("a step"),
        }
    }
}
