//! A record as the columns of its row: the encoder here, the decoder in `decode`.

pub(crate) mod chain;
pub(crate) mod decode;
pub(crate) mod id_text;
pub(crate) mod sql_row;

use tollgate::chrono::{DateTime, Utc};
use tollgate::uuid::Uuid;
use tollgate::{Actor, ActorKind, Digest, Id, Record, RecordKind, canonical};

use self::chain::digest;
use crate::Error;
use crate::schema::registered::Registered;

/// The columns of `tollgate_record`, in their order. JSON is text.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: &'static str,
    pub(crate) subject_kind: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) machine: Option<i32>,
    pub(crate) edge: Option<i32>,
    pub(crate) version: Option<i64>,
    pub(crate) actor_kind: Option<&'static str>,
    pub(crate) actor: Option<String>,
    pub(crate) actor_name: Option<String>,
    pub(crate) on_behalf_of: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) context: Option<String>,
    pub(crate) data: Option<String>,
    pub(crate) prev: Option<Digest>,
    pub(crate) digest: Option<Digest>,
    pub(crate) event: Option<String>,
    pub(crate) properties: Option<String>,
    pub(crate) refused_by: Option<String>,
    pub(crate) refusal: Option<String>,
    pub(crate) parameters: Option<String>,
    /// The id of the subject, for the user's table.
    pub(crate) subject_id: Option<Id>,
}

impl Row {
    /// The row of this record.
    ///
    /// A record is refused if its row would not give it back as it is: columns hold the fields below, and the names of the
    /// machine, the transition and the states come from the edge.
    pub(crate) fn of(record: &Record, registered: Option<&Registered>, keeps_chain: bool) -> Result<Self, Error> {
        let refuse = |why: String| Error::Unstorable { id: record.id, why };
        record.check().map_err(|error| refuse(error.to_string()))?;
        if record.kind == RecordKind::Adoption {
            return Err(refuse("its `kind`, `adoption`, cannot be stored yet".to_owned()));
        }
        if let Some(field) = without_column(record) {
            return Err(refuse(format!("its `{field}` cannot be stored: there is no column for it")));
        }
        let millis = u64::try_from(record.at.timestamp_millis()).unwrap_or(0);
        if (record.id.as_u128() >> 80) as u64 != millis {
            return Err(refuse(format!("its id was not made at its time, {}", record.at)));
        }
        if registered.is_some_and(|registered| !registered.is_of(record)) {
            return Err(refuse("its `machine` or its `chart` is not that of the registered machine".to_owned()));
        }
        let edge = registered.and_then(|registered| registered.edge(record));
        if edge.is_none() && (record.is_change() || registered.is_some()) {
            return Err(refuse("its machine's chart has no such edge".to_owned()));
        }
        if let Some(field) = without_machine(record) {
            return Err(refuse(format!("it has a `{field}` and no `machine`")));
        }
        let too_large =
            |version| format!("its version, {version}, is above {}, the largest that the database holds", i64::MAX);
        let version = record.version.map(|version| i64::try_from(version).map_err(|_| refuse(too_large(version))));
        let actor = record.actor.as_ref();
        Ok(Self {
            id: record.id,
            at: record.at,
            kind: kind_text(record.kind),
            subject_kind: record.subject.as_ref().map(|subject| subject.kind.clone().into_owned()),
            subject: record.subject.as_ref().map(|subject| id_text::to_text(&subject.id).into_owned()),
            machine: registered.map(|registered| registered.machine),
            edge,
            version: version.transpose()?,
            actor_kind: actor.map(|actor| actor_text(actor.kind)),
            actor: actor.map(|actor| id_text::to_text(&actor.id).into_owned()),
            actor_name: actor.and_then(|actor| actor.display.clone()),
            on_behalf_of: actor.and_then(|actor| actor.on_behalf_of.as_deref()).map(Actor::canonical),
            reason: record.reason.clone(),
            context: (!record.context.is_empty()).then(|| record.context.canonical()),
            data: record.data.as_ref().map(canonical::to_string),
            prev: record.prev,
            digest: keeps_chain.then(|| digest(record)),
            event: record.event.as_deref().map(str::to_owned),
            properties: record.properties.as_ref().map(canonical::to_string),
            refused_by: record.refused_by.as_deref().map(str::to_owned),
            refusal: record.refusal.clone(),
            parameters: (!record.parameters.is_empty()).then(|| record.parameters.canonical()),
            subject_id: record.subject.as_ref().map(|subject| subject.id.clone()),
        })
    }
}

/// A record as it was read, and its digest as it was stored.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) record: Record,
    pub(crate) digest: Option<Digest>,
}

/// The field of the record that the table has no column for.
fn without_column(record: &Record) -> Option<&'static str> {
    [
        // Only a refusal has any: a column costs each change, and the statement of a change does not write this one.
        ("parameters", !record.parameters.is_empty() && record.kind != RecordKind::Refusal),
        ("personal", !record.personal.is_empty()),
        ("position", record.position.is_some()),
    ]
    .into_iter()
    .find_map(|(field, is_without)| is_without.then_some(field))
}

/// The field that a row has by way of its machine's edge, in a record without a machine.
fn without_machine(record: &Record) -> Option<&'static str> {
    let named = [
        ("chart", record.chart.is_some()),
        ("transition", record.transition.is_some()),
        ("from", record.from.is_some()),
        ("to", record.to.is_some()),
    ];
    named.into_iter().find_map(|(field, is_there)| (is_there && record.machine.is_none()).then_some(field))
}

/// The kind as columns have it.
pub(crate) fn kind_text(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Creation => "creation",
        RecordKind::Transition => "transition",
        RecordKind::Event => "event",
        RecordKind::Refusal => "refusal",
        RecordKind::Adoption => "adoption",
        // `RecordKind` may grow, together with this.
        _ => "unknown",
    }
}

pub(crate) fn kind_of(text: &str) -> Option<RecordKind> {
    Some(match text {
        "creation" => RecordKind::Creation,
        "transition" => RecordKind::Transition,
        "event" => RecordKind::Event,
        "refusal" => RecordKind::Refusal,
        "adoption" => RecordKind::Adoption,
        _ => return None,
    })
}

pub(crate) fn actor_text(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::User => "user",
        ActorKind::Service => "service",
        // `ActorKind` may grow, together with this.
        _ => "system",
    }
}

pub(crate) fn actor_of(kind: &str, id: Id) -> Option<Actor> {
    Some(match kind {
        "user" => Actor::user(id),
        "service" => Actor::service(id),
        "system" => Actor::system(id),
        _ => return None,
    })
}
