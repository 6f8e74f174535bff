//! The layer that redacts: values that are replaced before a record reaches the inner sink.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::layer::{FilledFields, Layer};
use crate::record::{Actor, REDACTED, Record};

/// The parts of a record that are hidden from the inner sink; see [`Adapter::redact`](super::Adapter::redact) and
/// [`Adapter::redact_by`](super::Adapter::redact_by).
///
/// ```
/// use tollgate::events::Logout;
/// use tollgate::sink::{self, REDACTED, Redact};
/// use tollgate::{Actor, Event, Record};
///
/// let mut log: Vec<Record> = Vec::new();
/// let hidden = Redact::keys(["authorization"]).ignore_case().actor().reason();
/// let step = Logout.occurred().by(Actor::user("ann").named("Ann Smith")).because("ill");
/// step.with("Authorization", "Basic YW5u").commit(sink::adapt(&mut log).redact_by(hidden))?;
///
/// assert_eq!(log[0].context.get("Authorization"), Some(&REDACTED.into()));
/// assert_eq!(log[0].actor, Some(Actor::user(REDACTED).named(REDACTED)));
/// assert_eq!(log[0].reason.as_deref(), Some(REDACTED));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "an adapter redacts nothing without it"]
pub struct Redact {
    /// In lower case, if case is ignored.
    keys: Arc<[Cow<'static, str>]>,
    ignores_case: bool,
    actor: bool,
    reason: bool,
}

impl Redact {
    /// Hides the values under these keys: in the context, in the data of states and in the properties of events, at any
    /// depth.
    pub fn keys<K: Into<Cow<'static, str>>>(keys: impl IntoIterator<Item = K>) -> Self {
        Self::default().with_keys(keys.into_iter().map(Into::into).collect())
    }

    /// Compares keys without regard to case: `password` hides `Password` and `PASSWORD` too.
    pub fn ignore_case(mut self) -> Self {
        self.ignores_case = true;
        let keys = self.keys.iter().map(|key| key.to_lowercase().into()).collect();
        self.with_keys(keys)
    }

    /// Hides the actor: the id is the text `[redacted]`, and so is the display name if there is one. The kind of the
    /// actor is kept, and actors on behalf of whom it acted are hidden too. An id that is blank stays blank.
    ///
    /// Requirements and permissions are checked on the step, before the record is redacted.
    pub fn actor(mut self) -> Self {
        self.actor = true;
        self
    }

    /// Hides the reason: it is `[redacted]`. One that is blank stays blank.
    pub fn reason(mut self) -> Self {
        self.reason = true;
        self
    }

    fn with_keys(mut self, mut keys: Vec<Cow<'static, str>>) -> Self {
        keys.sort_unstable();
        keys.dedup();
        self.keys = keys.into();
        self
    }
}

impl Layer for Redact {
    /// If no commit has filled in the record, the values of the inner adapters are filled in here. Otherwise, these values
    /// would not be redacted.
    fn rewrite<'r>(&self, record: &'r Record, inner: impl FnOnce() -> FilledFields) -> Cow<'r, Record> {
        let mut record = Cow::Borrowed(record);
        let inner = inner();
        for (key, value) in inner.context.into_entries() {
            if self.is_open(&key, &value) && record.context.get(&key).is_none() {
                record.to_mut().context.set(key, value);
            }
        }
        if let (Some(actor), true, None) = (inner.actor, self.actor, &record.actor) {
            record.to_mut().actor = Some(actor);
        }
        if self.is_needed_for(&record) {
            self.redact(record.to_mut());
        }
        record
    }
}

impl Redact {
    fn is_needed_for(&self, record: &Record) -> bool {
        let Record { context, data, properties, actor, reason, .. } = record;
        context.iter().any(|(key, value)| self.is_open(key, value))
            || data.iter().chain(properties).any(|value| self.has_open_key(value))
            || self.actor && actor.is_some()
            || self.reason && reason.is_some()
    }

    /// Returns whether this value holds a value under one of the keys that is not redacted.
    fn has_open_key(&self, value: &Value) -> bool {
        match value {
            Value::Object(fields) => fields.iter().any(|(key, value)| self.is_open(key, value)),
            Value::Array(values) => values.iter().any(|value| self.has_open_key(value)),
            _ => false,
        }
    }

    fn is_open(&self, key: &str, value: &Value) -> bool {
        if self.matches(key) { value != REDACTED } else { self.has_open_key(value) }
    }

    fn matches(&self, key: &str) -> bool {
        let is_named = |key: &str| self.keys.binary_search_by(|named| named.as_ref().cmp(key)).is_ok();
        if self.ignores_case { is_named(&key.to_lowercase()) } else { is_named(key) }
    }

    fn redact(&self, record: &mut Record) {
        let Record { context, data, properties, actor, reason, .. } = record;
        context.iter_mut().for_each(|(key, value)| self.redact_entry(key, value));
        data.iter_mut().chain(properties).for_each(|value| self.redact_value(value));
        if let (true, Some(actor)) = (self.actor, actor) {
            redact_actor(actor);
        }
        if let (true, Some(reason)) = (self.reason, reason) {
            redact_text(reason);
        }
    }

    fn redact_entry(&self, key: &str, value: &mut Value) {
        if self.matches(key) {
            *value = REDACTED.into();
        } else {
            self.redact_value(value);
        }
    }

    fn redact_value(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| self.redact_entry(key, value)),
            Value::Array(values) => values.iter_mut().for_each(|value| self.redact_value(value)),
            _ => {}
        }
    }
}

fn redact_actor(actor: &mut Actor) {
    let mut next = Some(actor);
    while let Some(actor) = next {
        if !actor.id.is_blank() {
            actor.id = REDACTED.into();
        }
        actor.display.iter_mut().for_each(redact_text);
        next = actor.on_behalf_of.as_deref_mut();
    }
}

fn redact_text(text: &mut String) {
    if !text.trim().is_empty() {
        REDACTED.clone_into(text);
    }
}
