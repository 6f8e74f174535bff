//! The record: its fields, and their form on the wire.

mod actor;
mod binary;
pub mod canonical;
mod context;
mod description;
mod digest;
mod id;
mod line;
mod printable;
mod stamp;
mod time;
pub(crate) mod unredacted;
mod value;
mod wire;

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub use self::actor::{Actor, ActorKind};
pub use self::context::Context;
pub(crate) use self::context::ContextDraft;
pub(crate) use self::description::Description;
pub use self::digest::{Digest, NotADigest};
pub use self::id::{Id, IdField, IdTooLarge};
pub(crate) use self::line::{canonical_value, write_line};
pub(crate) use self::printable::Printable;
pub(crate) use self::stamp::new_id;
pub(crate) use self::time::check as check_time;
pub(crate) use self::time::text as time_text;
pub(crate) use self::value::{JsonPath, StrictValue, check as check_value, to_key, to_value};
pub use self::value::{Unrecordable, ValueError, ValueSerializer};
use self::wire::{PrevLine, WireVersion};

pub(crate) type Timestamp = DateTime<Utc>;

/// The transition name in the record of a creation.
pub(crate) const CREATE: &str = "create";

/// The text that a record holds in place of a redacted value.
pub const REDACTED: &str = "[redacted]";

/// A record of a transition, a creation, an event or a refusal: time, subject, states, actor and reason. A commit offers it
/// to a [`Sink`](crate::Sink).
///
/// As JSON it is one line with the fields in this order, without the absent ones. A reader refuses
/// an unknown field and a wire version other than its own, because a partly read record could be
/// mistaken for the whole. `FORMAT.md` in the repository describes the form to the byte.
///
/// In a format that is not for people (MessagePack, CBOR, bincode) a record is its JSON text, so that it can be read
/// back from each of them.
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
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Record {
    v: WireVersion,
    /// A version 7 UUID, fixed when the step is first committed. A retry has the same id.
    pub id: Uuid,
    /// The time in UTC: in JSON RFC 3339 with nanoseconds, in a year of four digits and never in a leap second. Never
    /// before the time of the subject's last record.
    pub at: DateTime<Utc>,
    /// The kind of record.
    pub kind: RecordKind,
    /// The subject.
    pub subject: Option<SubjectRef>,
    /// The recorded name of the machine.
    pub machine: Option<Cow<'static, str>>,
    /// The fingerprint of the machine's chart.
    pub chart: Option<Digest>,
    /// 1 for the creation, then one more with each transition, without gaps for each machine and
    /// subject. Absent in a refusal and in an event.
    pub version: Option<u64>,
    /// The recorded name of the transition; `create` for the creation.
    pub transition: Option<Cow<'static, str>>,
    /// The recorded name of the state that was left. Absent at creation.
    pub from: Option<Cow<'static, str>>,
    /// The recorded name of the state that was reached.
    pub to: Option<Cow<'static, str>>,
    /// The actor.
    pub actor: Option<Actor>,
    /// The reason.
    pub reason: Option<String>,
    /// The context: other values that the caller added.
    pub context: Context,
    /// The input of a refused step that the other fields do not hold: `at`, the text of a refused time. Other records
    /// have none.
    pub parameters: Context,
    /// The data of the state that was reached, if the state is marked `#[state(record)]`.
    pub data: Option<Value>,
    /// The digests of personal values that are kept apart from the record, in ascending order. Reserved: this version
    /// reads them, and writes none.
    pub personal: Vec<Digest>,
    /// The digest of the subject's previous record, if the sink keeps a chain.
    pub prev: Option<Digest>,
    /// The name of the event.
    pub event: Option<Cow<'static, str>>,
    /// The properties of the event.
    pub properties: Option<Value>,
    /// The guard or permission that refused, as it is named in the chart; else the refused part: an
    /// absent `actor` or `reason`, or a `time` before the last record.
    pub refused_by: Option<Cow<'static, str>>,
    /// The text of the refusal.
    pub refusal: Option<String>,
    /// The position in a store's order of commits, from 1. A store sets it after the record was made, so it is not part of
    /// [`canonical`](Record::canonical). Reserved: this version reads it, and writes none.
    pub position: Option<u64>,
    prev_line: PrevLine,
}

impl Record {
    /// The wire version that this build writes and reads.
    pub const WIRE_VERSION: u8 = 1;

    /// The key under which the context holds the id of the record that this one follows from; see
    /// [`Step::caused_by`](crate::Step::caused_by).
    pub const CAUSED_BY: &'static str = "caused_by";

    /// Returns a record with these three fields and nothing else, for a reader that fills in the others from the rows of a
    /// store. A commit makes its own records; [`check`](Record::check) finds values that no record can hold.
    ///
    /// ```
    /// use tollgate::chrono::Utc;
    /// use tollgate::{Id, Record, RecordKind, SubjectRef, uuid::Uuid};
    ///
    /// let mut record = Record::bare(Uuid::nil(), Utc::now(), RecordKind::Creation);
    /// record.subject = Some(SubjectRef { kind: "Report".into(), id: Id::from(7) });
    /// record.version = Some(1);
    /// record.to = Some("Draft".into());
    /// record.check()?;
    /// # Ok::<(), tollgate::ValueError>(())
    /// ```
    #[must_use]
    pub fn bare(id: Uuid, at: DateTime<Utc>, kind: RecordKind) -> Self {
        Description::new(kind).record(id, at, None, None, Context::new())
    }

    /// Returns the id of the record that this one follows from, if the context names one.
    #[must_use]
    pub fn caused_by(&self) -> Option<Uuid> {
        self.context.get(Self::CAUSED_BY)?.as_str()?.parse().ok()
    }

    /// Returns the record as one line of JSON, without an end of line. Equal records give equal bytes in every program,
    /// whichever features of `serde_json` it enables. [`position`](Record::position) is not in it.
    ///
    /// If a sink keeps a chain, the SHA-256 of these bytes is the record's digest, and the next record of the same
    /// subject has it as its [`prev`](Record::prev). `FORMAT.md` in the repository describes the bytes.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let mut line = Vec::new();
        write_line(self, &mut line);
        line
    }

    /// Rejects a record that a reader could not read back.
    ///
    /// The cases are: a time outside the years 0 to 9999 or in a leap second, a value that is nested more than 64 levels
    /// deep, an actor that acts for more than 64 others, and a number that is not an `i64`, a `u64` or a finite `f64`.
    ///
    /// A commit makes only records that pass. A sink calls it for records from another source.
    ///
    /// # Errors
    ///
    /// Returns [`ValueError`], which names the field, if a value cannot be recorded.
    pub fn check(&self) -> Result<(), ValueError> {
        check_time(&self.at)?;
        for (field, number) in [("version", self.version), ("position", self.position)] {
            if number == Some(0) {
                return Err(ValueError::new(Unrecordable::Zero).within(field));
            }
        }
        self.actor.as_ref().map_or(Ok(()), Actor::check)?;
        wire::check_ascending(&self.personal).map_err(|error| error.within("personal"))?;
        self.context.check().map_err(|error| error.within("context"))?;
        self.parameters.check().map_err(|error| error.within("parameters"))?;
        for (field, value) in [("data", &self.data), ("properties", &self.properties)] {
            value.as_ref().map_or(Ok(()), value::check).map_err(|error| error.within(field))?;
        }
        Ok(())
    }

    /// Runs [`check`](Record::check) for a sink that keeps canonical lines, which have no position.
    pub(crate) fn check_for_line(&self) -> Result<(), ValueError> {
        match self.position {
            Some(_) => Err(ValueError::new(Unrecordable::NotStored).within("position")),
            None => self.check(),
        }
    }

    /// Returns whether its subject entered a state: by a creation, a transition or an adoption.
    #[must_use]
    pub fn is_change(&self) -> bool {
        matches!(self.kind, RecordKind::Creation | RecordKind::Transition | RecordKind::Adoption)
    }
}

/// The kinds of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RecordKind {
    /// A subject entered its first state.
    Creation,
    /// A subject changed its state along an edge.
    Transition,
    /// An event happened. No subject changed its state.
    Event,
    /// A transition was refused. The subject did not change its state.
    Refusal,
    /// A subject that has a row and no history was taken over in the state of its row. Reserved: this version reads it,
    /// and writes none.
    Adoption,
}

/// The subject of a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectRef {
    /// The kind of subject: its type, or the machine for a bare [`Id`].
    pub kind: Cow<'static, str>,
    /// The id, unique among subjects of the kind.
    pub id: Id,
}

impl fmt::Display for SubjectRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", Printable(&self.kind), self.id)
    }
}
