//! An observer that passes records on to `tracing`.

use tracing::field::{self, DisplayValue, Value};
use tracing::{Level, event};

use super::origin::current;
use super::{Observer, ObserverError};
use crate::record::{ActorKind, Id, Record, RecordKind};

/// Emits an event of [`tracing`] for each record: its target is `tollgate`, its name is `record`, and it has fields and no
/// message.
///
/// ```
/// use tollgate::observer::Trace;
/// use tollgate::sink;
///
/// # fn of(log: Vec<tollgate::Record>) {
/// let log = sink::adapt(log).observed_by(Trace::new());
/// # }
/// ```
///
/// | field | as |
/// | --- | --- |
/// | `id`, `at`, `kind` | text |
/// | `subject.kind`, `machine`, `transition`, `from`, `to` | text |
/// | `subject.id` | a number if it is one, else text |
/// | `version` | a number |
/// | `actor.kind`, `actor.display`, `reason` | text |
/// | `actor.id` | a number if it is one, else text |
/// | `actor.on_behalf_of` | text, as [`Actor`](crate::Actor) displays |
/// | `event` | text |
/// | `context`, `data`, `properties` | JSON, as text |
/// | `refused_by`, `refusal` | text |
///
/// A field that the record does not have is absent in the event. The chart's fingerprint and the chain of lines are
/// left out: they serve the verification of the log.
///
/// The event belongs to the span in which the record was committed, and goes to the subscriber of that commit, also if
/// another thread notifies:
///
/// | notified by | span and subscriber |
/// | --- | --- |
/// | the commit | those of the commit |
/// | a durable file that several threads share | those of the record's commit |
/// | the worker of a [`Background`](crate::observer::Background), on each attempt | those of the record's commit |
/// | that worker, with a [batch](crate::observer::BackgroundBuilder::batches) of several records | no span; the subscriber of the first record |
/// | [`Buffer::deliver`](crate::observer::Buffer::deliver) | those of the call of `deliver` |
#[derive(Debug, Clone, Copy)]
pub struct Trace {
    level: Level,
}

impl Trace {
    /// Emits at the level `INFO`.
    #[must_use]
    pub const fn new() -> Self {
        Self::at(Level::INFO)
    }

    /// Emits at this level.
    #[must_use]
    pub const fn at(level: Level) -> Self {
        Self { level }
    }
}

impl Default for Trace {
    fn default() -> Self {
        Self::new()
    }
}

/// The level of an event is part of its call site, so that there is one for each level.
macro_rules! emit {
    ($record:ident at $($level:ident)|* = $chosen:expr) => {{
        let Record { id, at, kind, subject, machine, version, transition, from, to, .. } = $record;
        let Record { actor, reason, context, data, event, properties, refused_by, refusal, .. } = $record;
        let subject_id = subject.as_ref().map(|subject| Name::of(&subject.id));
        let actor_id = actor.as_ref().map(|actor| Name::of(&actor.id));
        $(if $chosen == Level::$level {
            event!(
                name: "record",
                target: "tollgate",
                parent: current().id(),
                Level::$level,
                id = field::display(id),
                at = at.to_rfc3339_opts(chrono::SecondsFormat::Nanos, true),
                kind = kind_name(*kind),
                subject.kind = subject.as_ref().map(|subject| &*subject.kind),
                subject.id = subject_id.as_ref().map(Name::value),
                machine = machine.as_deref(),
                version,
                transition = transition.as_deref(),
                from = from.as_deref(),
                to = to.as_deref(),
                actor.kind = actor.as_ref().map(|actor| actor_kind_name(actor.kind)),
                actor.id = actor_id.as_ref().map(Name::value),
                actor.display = actor.as_ref().and_then(|actor| actor.display.as_deref()),
                actor.on_behalf_of = actor.as_ref().and_then(|actor| actor.on_behalf_of.as_ref()).map(field::display),
                reason = reason.as_deref(),
                context = (!context.is_empty()).then(|| serde_json::to_string(context).unwrap_or_default()),
                data = data.as_ref().map(ToString::to_string),
                event = event.as_deref(),
                properties = properties.as_ref().map(ToString::to_string),
                refused_by = refused_by.as_deref(),
                refusal = refusal.as_deref(),
            );
        })*
    }};
}

impl Observer for Trace {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        emit!(record at ERROR | WARN | INFO | DEBUG | TRACE = self.level);
        Ok(())
    }
}

fn kind_name(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Creation => "creation",
        RecordKind::Transition => "transition",
        RecordKind::Event => "event",
        RecordKind::Refusal => "refusal",
        RecordKind::Adoption => "adoption",
    }
}

fn actor_kind_name(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::User => "user",
        ActorKind::Service => "service",
        ActorKind::System => "system",
    }
}

/// An id as a number or a text.
enum Name<'a> {
    Integer(i64),
    Large(u64),
    Text(&'a str),
    Uuid(DisplayValue<&'a Id>),
}

impl<'a> Name<'a> {
    fn of(id: &'a Id) -> Self {
        match (id.as_i64(), id.as_u64(), id.as_str()) {
            (Some(integer), ..) => Name::Integer(integer),
            (_, Some(integer), _) => Name::Large(integer),
            (.., Some(text)) => Name::Text(text),
            (None, None, None) => Name::Uuid(field::display(id)),
        }
    }

    fn value(&self) -> &dyn Value {
        match self {
            Name::Integer(integer) => integer,
            Name::Large(integer) => integer,
            Name::Text(text) => text,
            Name::Uuid(uuid) => uuid,
        }
    }
}
