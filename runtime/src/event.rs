//! Events: facts that are recorded without a transition, by the same commit and into the same sink.

mod any;
mod properties;
mod read;
mod step;
mod subject;

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

pub use self::any::AnyEvent;
pub use self::properties::{
    DefaultProperty, NullProperty, Recordable, default_property, properties, replace_property, stored_properties,
};
pub use self::read::{NoDefaultJson, default_json};
use self::step::occurred;
pub use self::step::{BoxedEventStep, EventStep, FiredEvent};
pub use self::subject::NamesSubject;
use crate::chart::Requirement;
use crate::commit::{EventOccurred, RequirementState};
use crate::record::{Record, RecordKind, ValueError};

/// A fact that is recorded without a transition, such as a login: a struct whose fields are its properties.
///
/// Only `#[derive(Event)]` implements it. An event is committed like a transition, into the same sinks and in the same
/// order. No machine moves, and the commit returns the event. Its record is of the kind [`RecordKind::Event`], with the
/// event's name and its properties, and has no machine and no version.
///
/// A field that is marked `skip` or `redact` is found by its name. Therefore, if an event has such a field and no
/// flattened one, a commit refuses properties that are not declared. A commit also refuses a name that is written twice.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use tollgate::{Event, Record};
///
/// /// A table was created.
/// #[derive(Event, Serialize, Deserialize)]
/// #[event(requires(actor))]
/// struct CreateTable {
///     /// The database that it is in.
///     database: String,
///     table: String,
///     #[event(redact)]
///     schema: String,
/// }
///
/// let mut log: Vec<Record> = Vec::new();
/// let event = CreateTable { database: "town".into(), table: "trees".into(), schema: "(id integer)".into() };
/// event.occurred().by("ann").with("ip", "192.0.2.7").commit(&mut log)?;
///
/// assert_eq!(log[0].event.as_deref(), Some("create-table"));
/// let properties = serde_json::json!({ "database": "town", "table": "trees", "schema": "[redacted]" });
/// assert_eq!(log[0].properties, Some(properties));
/// let event = CreateTable::from_record(&log[0])?.ok_or("another event")?;
/// assert_eq!((event.table.as_str(), event.schema.as_str()), ("trees", ""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "`#[derive(Event)]` makes one of a struct that is `Serialize`"
)]
pub trait Event: Sized + 'static {
    /// The type of event as data, for a catalog.
    const TYPE: &'static EventType;

    /// [`NotGiven`](crate::commit::NotGiven) if it requires an actor, else [`NotRequired`](crate::commit::NotRequired).
    type ActorRequirement: RequirementState;
    /// [`NotGiven`](crate::commit::NotGiven) if it requires a reason, else [`NotRequired`](crate::commit::NotRequired).
    type ReasonRequirement: RequirementState;

    #[doc(hidden)]
    fn __properties(&self) -> Result<Option<Value>, ValueError>;

    /// Returns the recorded properties, with a default for each that was not recorded.
    #[doc(hidden)]
    fn __stored(properties: Option<&Value>) -> Result<Cow<'_, Value>, serde_json::Error>;

    /// Returns the default of the property of this name as JSON, if its type has one and `serde` names no other.
    #[doc(hidden)]
    #[must_use]
    fn __unredacted(name: &str) -> Option<Value> {
        let _ = name;
        None
    }

    /// Returns the step that records the event when it is committed.
    #[inline]
    fn occurred(self) -> EventStep<Self> {
        occurred(self)
    }

    /// Returns the step as [`occurred`](Event::occurred) does, but a missing actor or reason is found when it is committed
    /// and not when it is compiled: the commit is refused with [`Cause::Requirement`](crate::Cause::Requirement).
    ///
    /// A helper for events of any type is written with it: its bound is `E: Event`, and no more.
    ///
    /// ```
    /// use tollgate::events::{Login, Logout};
    /// use tollgate::{CommitError, Event, FiredEvent, JsonLines, sink};
    ///
    /// /// A part of a host that records what its plugins report.
    /// struct Tracker {
    ///     user: String,
    ///     log: JsonLines<Vec<u8>>,
    /// }
    ///
    /// impl Tracker {
    ///     fn track<E: Event>(&mut self, event: E) -> Result<E, CommitError<FiredEvent<E>, std::io::Error>> {
    ///         event.fire().commit(sink::adapt(&mut self.log).by(&self.user))
    ///     }
    /// }
    ///
    /// let mut tracker = Tracker { user: "ann".into(), log: JsonLines::new(Vec::new()) };
    /// tracker.track(Login)?;
    /// tracker.track(Logout)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    fn fire(self) -> FiredEvent<Self> {
        occurred::<EventOccurred, _, _, _>(self)
    }

    /// Reads the event from its record. Returns `None` if the record is not of this event.
    ///
    /// A property that was skipped or redacted gets the default of its type, or the value of its
    /// `#[serde(default = "..")]`. So does a property that an adaptor has redacted
    /// ([`Adapter::redact`](crate::sink::Adapter::redact)), unless it is a text, which is read as `[redacted]`. Below the
    /// properties, a redacted number is read as 0, a flag as `false`, an `Option` as `None`, and a list or a map as empty.
    ///
    /// A record with a former name of the event (`#[event(was = "..")]`) is of this event. A record without a property that
    /// was added since is read with its `#[serde(default)]`. A property that was removed is ignored.
    ///
    /// # Errors
    ///
    /// Returns [`PropertiesError`] if the record is of this event and its properties do not fit the type.
    fn from_record(record: &Record) -> Result<Option<Self>, PropertiesError>
    where
        Self: DeserializeOwned,
    {
        if record.kind != RecordKind::Event || !record.event.as_deref().is_some_and(|name| Self::TYPE.has_name(name)) {
            return Ok(None);
        }
        let event = Self::__stored(record.properties.as_ref()).and_then(|stored| read::read(&stored));
        event.map(Some).map_err(|cause| PropertiesError { event: Self::TYPE.name, record: record.id, cause })
    }
}

/// A type of event as data: its name, its docs, what it requires and its properties.
///
/// `YourEvent::TYPE` is one.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct EventType {
    /// The name by which it is recorded.
    pub name: &'static str,
    /// Former names, which are still read.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub was: &'static [&'static str],
    /// The struct's doc comment.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub doc: &'static str,
    /// The parts that a step must have before it can be committed.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub requires: &'static [Requirement],
    /// The recorded properties, in the order of declaration.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub properties: &'static [Property],
}

/// A property of an [`EventType`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Property {
    /// The name by which it is recorded.
    pub name: &'static str,
    /// The field's doc comment.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub doc: &'static str,
    /// Whether records hold `[redacted]` in place of its value.
    #[serde(skip_serializing_if = "is_false")]
    pub redacted: bool,
    /// Whether it is flattened by serde, so that its fields are properties of the event.
    #[serde(skip_serializing_if = "is_false")]
    pub flattened: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl EventType {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        requires: &'static [Requirement],
        properties: &'static [Property],
    ) -> Self {
        Self { name, was: &[], doc, requires, properties }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn was(mut self, was: &'static [&'static str]) -> Self {
        self.was = was;
        self
    }

    /// Returns whether this is the event's name or a former name.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        self.name == name || self.was.contains(&name)
    }
}

impl Property {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, doc: &'static str) -> Self {
        Self { name, doc, redacted: false, flattened: false }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn redacted(mut self) -> Self {
        self.redacted = true;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn flattened(mut self) -> Self {
        self.flattened = true;
        self
    }
}

/// The error of [`Event::from_record`]: the properties do not fit the type.
///
/// The record was written by another version of the type, or by another type of the same name.
#[derive(Debug, thiserror::Error)]
#[error("the properties of `{event}` in record {record} do not fit: {cause}")]
#[non_exhaustive]
pub struct PropertiesError {
    /// The name of the event.
    pub event: &'static str,
    /// The id of the record.
    pub record: Uuid,
    /// The reason. The text of this error contains its text.
    pub cause: serde_json::Error,
}
