//! The record of what happened: its fields, and their form on the wire.

mod actor;
mod context;
mod description;
mod digest;
mod id;
mod line;
mod stamp;
mod time;

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use uuid::Uuid;

pub use self::actor::{Actor, ActorKind};
pub use self::context::Context;
pub(crate) use self::description::Description;
pub use self::digest::{Digest, NotADigest};
pub use self::id::Id;
pub(crate) use self::line::write_line;
pub(crate) use self::stamp::new_id;
pub use self::time::text as time_text;
use crate::chart::Requirement;

pub(crate) type Timestamp = DateTime<Utc>;

/// The transition that a creation is recorded as.
pub(crate) const CREATE: &str = "create";

/// What happened, when, to whom and by whom: what a [`Sink`](crate::Sink) is asked to accept.
///
/// As JSON it is one line with the fields in this order; what is absent is left out. A reader refuses a
/// field that it does not know and a wire version other than its own, because a record that is read in
/// part is not the record.
///
/// ```
/// # use tollgate::{Record, RecordKind};
/// let line = r#"{"v":1,"id":"01970000-0000-7000-8000-000000000000","at":"2026-05-01T09:30:00.000000000Z",
///     "kind":"transition","subject":{"kind":"Report","id":7},"machine":"Report","version":2,
///     "transition":"submit","from":"Draft","to":"Review"}"#;
/// let record: Record = serde_json::from_str(line)?;
/// assert_eq!(record.kind, RecordKind::Transition);
/// assert_eq!(record.to.as_deref(), Some("Review"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Record {
    v: WireVersion,
    /// A version 7 UUID, fixed when the step is first committed: a second try carries the same.
    pub id: Uuid,
    /// When, in UTC: on the wire RFC 3339 with nanoseconds. Never before the subject's last record.
    #[serde(with = "time")]
    pub at: DateTime<Utc>,
    /// What sort of record it is.
    pub kind: RecordKind,
    /// Whom it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectRef>,
    /// The recorded name of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Cow<'static, str>>,
    /// The fingerprint of the machine's chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Digest>,
    /// 1 for the creation, then one more with each transition, without gaps for each machine and
    /// subject. Absent where nothing moved: in a refusal or an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The recorded name of the transition; `create` for the creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Cow<'static, str>>,
    /// The recorded name of the state that was left. Absent at creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Cow<'static, str>>,
    /// The recorded name of the state that was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Cow<'static, str>>,
    /// Who acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What else was known.
    #[serde(default, skip_serializing_if = "Context::is_empty")]
    pub context: Context,
    /// The data of the state that was reached, where it is marked `#[state(record)]`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub data: Option<Value>,
    /// The digest of the subject's previous record, where the sink keeps a chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Digest>,
    /// The name of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Cow<'static, str>>,
    /// The properties of the event.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub properties: Option<Value>,
    /// The guard or permission that refused, as it is named in the chart; else what was refused: an
    /// absent `actor` or `reason`, a `time` that goes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_by: Option<Cow<'static, str>>,
    /// What the refusal said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

impl Record {
    /// The wire version that this build writes and reads.
    pub const WIRE_VERSION: u8 = 1;

    /// Whether it names an actor, or a reason: a blank one says nothing.
    pub(crate) fn says(&self, requirement: Requirement) -> bool {
        says(requirement, self.actor.as_ref(), self.reason.as_deref())
    }

    /// The record as one line of JSON, without an end of line: byte for byte what serde writes.
    ///
    /// Where a sink keeps a chain, the SHA-256 of these bytes is the record's digest, and the next record of the same
    /// subject has it as its [`prev`](Record::prev).
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let mut line = Vec::new();
        write_line(self, &mut line);
        line
    }

    /// Whether the record says that a subject came into a state: a creation or a transition.
    #[must_use]
    pub fn is_change(&self) -> bool {
        matches!(self.kind, RecordKind::Creation | RecordKind::Transition)
    }
}

#[inline]
pub(crate) fn says(requirement: Requirement, actor: Option<&Actor>, reason: Option<&str>) -> bool {
    match requirement {
        Requirement::Actor => actor.is_some_and(|actor| !actor.id.is_blank()),
        Requirement::Reason => reason.is_some_and(|reason| !reason.trim().is_empty()),
    }
}

/// The sorts of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RecordKind {
    /// A subject entered its first state.
    Creation,
    /// A subject went along an edge.
    Transition,
    /// Something happened beside the states.
    Event,
    /// A transition was asked for and refused: nothing moved.
    Refusal,
}

/// Whom a record is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectRef {
    /// What sort of thing it is: the subject's type, or the machine for a bare [`Id`].
    pub kind: Cow<'static, str>,
    /// What names it among those of its kind.
    pub id: Id,
}

impl fmt::Display for SubjectRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind, self.id)
    }
}

/// The wire version: always 1 in memory, checked where it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct WireVersion;

impl Serialize for WireVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(Record::WIRE_VERSION)
    }
}

impl<'de> Deserialize<'de> for WireVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            version if version == u64::from(Record::WIRE_VERSION) => Ok(WireVersion),
            other => Err(de::Error::custom(format_args!(
                "the record has wire version {other}; this build reads version {}",
                Record::WIRE_VERSION
            ))),
        }
    }
}

/// A record of which nothing is known but this: what a store fills in from a row.
#[doc(hidden)]
#[must_use]
pub fn bare_record(id: Uuid, at: DateTime<Utc>, kind: RecordKind) -> Record {
    Description::new(kind).record(id, at, None, None, Context::new())
}

/// Tells data that is JSON's `null` from data that is absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
