//! Filters: conditions on a record as data, which a catalog can show.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

use super::register::RecordedNames;
use crate::record::{ActorKind, Printable, Record, RecordKind};

/// A condition on records, as data: by the prefix of an event's name, by machine, and by the kind of the actor.
///
/// | criteria | a record matches if |
/// | --- | --- |
/// | [`event_prefix`](Filter::event_prefix), [`machine`](Filter::machine) | it is an event of which the present name or a former one begins with one of the prefixes, or it is of one of the machines |
/// | [`actor_kind`](Filter::actor_kind) | its actor is of one of the kinds; a record without an actor does not match |
///
/// A filter with criteria of both rows matches if both rows match. A row without criteria matches every record, so
/// `Filter::new()` matches all.
///
/// A filter never receives an event that is not registered in the hub, even if its name has the prefix: that is
/// [`Unregistered`](super::Unregistered), as for all other subscribers.
///
/// ```
/// use tollgate::events::{CreateTable, DropTable, Login};
/// use tollgate::hub::Filter;
/// use tollgate::{Actor, ActorKind, Event, Hub, Record, sink};
///
/// let mut dropped = 0;
/// let mut hub = Hub::new();
/// hub.register::<CreateTable>()?;
/// hub.register::<DropTable>()?;
/// hub.on_matching(Filter::new().event_prefix("drop-").actor_kind(ActorKind::User), |_: &Record| dropped += 1);
///
/// let mut log = sink::adapt(Vec::<Record>::new()).observed_by(hub);
/// let event = || DropTable { database: "town".into(), table: "trees".into() };
/// event().occurred().by("ann").commit(&mut log)?;
/// event().occurred().by(Actor::service("cleanup")).commit(&mut log)?;
/// drop(log);
/// assert_eq!(dropped, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A filter can be read from a configuration file:
///
/// ```
/// use tollgate::ActorKind;
/// use tollgate::hub::Filter;
///
/// let filter: Filter = serde_json::from_str(r#"{"event_prefixes": ["drop-"], "actor_kinds": ["user"]}"#)?;
/// assert_eq!(filter, Filter::new().event_prefix("drop-").actor_kind(ActorKind::User));
/// assert_eq!(filter.to_string(), "events `drop-*`, by a user");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    event_prefixes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    machines: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actor_kinds: Vec<ActorKind>,
}

impl Filter {
    /// Returns a filter that matches every record.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the events whose name begins with this text. An empty text adds all events.
    ///
    /// Both the present name of the event and its former ones (`#[event(was = "..")]`) count, for each of its records. So
    /// a prefix in an old configuration still matches after an event is renamed.
    #[must_use]
    pub fn event_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.event_prefixes.push(prefix.into());
        self
    }

    /// Adds the records of the machine of this recorded name: creations, transitions, adoptions, and refusals that are
    /// read from a log.
    ///
    /// If the machine is registered in the hub, both this name and the record's name may be former ones. For a name that
    /// the compiler verifies, pass `YourState::CHART.machine`.
    #[must_use]
    pub fn machine(mut self, name: impl Into<String>) -> Self {
        self.machines.push(name.into());
        self
    }

    /// Restricts the filter to records whose actor is of this kind, or of another kind that was added. The actor itself
    /// counts, not the actor on whose behalf it acted.
    #[must_use]
    pub fn actor_kind(mut self, kind: ActorKind) -> Self {
        self.actor_kinds.push(kind);
        self
    }

    /// Returns whether the record matches. `names` are those of the record's type, if it is registered.
    pub(super) fn matches(&self, record: &Record, names: Option<RecordedNames>) -> bool {
        self.matches_actor(record) && self.matches_topic(record, names)
    }

    /// Returns the filter in words, with each name as `code` writes it.
    pub(super) fn words(&self, code: impl Fn(&str) -> String) -> String {
        let prefixes = self.event_prefixes.iter().map(|prefix| format!("events {}", code(&format!("{prefix}*"))));
        let machines = self.machines.iter().map(|name| format!("machine {}", code(name)));
        let topics: Vec<String> = prefixes.chain(machines).collect();
        let actors: Vec<&str> = self.actor_kinds.iter().copied().map(actor).collect();
        match (topics.is_empty(), actors.is_empty()) {
            (true, true) => "all records".to_owned(),
            (false, true) => topics.join(" or "),
            (true, false) => format!("by {}", actors.join(" or ")),
            (false, false) => format!("{}, by {}", topics.join(" or "), actors.join(" or ")),
        }
    }

    fn matches_actor(&self, record: &Record) -> bool {
        self.actor_kinds.is_empty() || record.actor.as_ref().is_some_and(|actor| self.actor_kinds.contains(&actor.kind))
    }

    fn matches_topic(&self, record: &Record, names: Option<RecordedNames>) -> bool {
        if self.event_prefixes.is_empty() && self.machines.is_empty() {
            return true;
        }
        let recorded = if record.kind == RecordKind::Event { &record.event } else { &record.machine };
        let has_name = |is_wanted: &dyn Fn(&str) -> bool| {
            recorded.as_deref().is_some_and(is_wanted) || names.is_some_and(|names| names.any(is_wanted))
        };
        if record.kind == RecordKind::Event {
            self.event_prefixes.iter().any(|prefix| has_name(&|name| name.starts_with(&**prefix)))
        } else {
            self.machines.iter().any(|wanted| has_name(&|name| name == wanted))
        }
    }
}

/// Writes the filter in words, as the catalog shows it: ``events `table-*` or machine `Report`, by a user``.
impl Display for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.words(|name| format!("`{}`", Printable(name))))
    }
}

fn actor(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::User => "a user",
        ActorKind::Service => "a service",
        ActorKind::System => "the system",
    }
}
