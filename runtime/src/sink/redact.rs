//! What a sink is not to see: values that are replaced before a record reaches it.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::layer::Layer;
use crate::record::{Context, Record};

/// What stands in a record where a value was redacted.
pub const REDACTED: &str = "[redacted]";

/// Hides the values under certain keys from the inner sink; see [`Adapter::redact`](super::Adapter::redact).
#[derive(Debug, Clone)]
pub struct Redact {
    keys: Arc<[Cow<'static, str>]>,
}

impl Layer for Redact {
    /// In a record that no commit has filled in, the values of the adapters further in are filled in here. They would not
    /// be redacted otherwise.
    fn show<'r>(&self, record: &'r Record, inner: impl FnOnce() -> Context) -> Cow<'r, Record> {
        let mut record = Cow::Borrowed(record);
        for (key, value) in inner().into_entries() {
            if self.is_open(&key, &value) && record.context.get(&key).is_none() {
                record.to_mut().context.set(key, value);
            }
        }
        if self.is_told_in(&record) {
            self.redact(record.to_mut());
        }
        record
    }
}

impl Redact {
    pub(super) fn new<K: Into<Cow<'static, str>>>(keys: impl IntoIterator<Item = K>) -> Self {
        let mut keys: Vec<Cow<'static, str>> = keys.into_iter().map(Into::into).collect();
        keys.sort_unstable();
        keys.dedup();
        Self { keys: keys.into() }
    }

    fn is_told_in(&self, record: &Record) -> bool {
        let Record { context, data, properties, .. } = record;
        context.iter().any(|(key, value)| self.is_open(key, value))
            || data.iter().chain(properties).any(|value| self.is_told(value))
    }

    /// Whether something under one of the keys can still be read in this value.
    fn is_told(&self, value: &Value) -> bool {
        match value {
            Value::Object(fields) => fields.iter().any(|(key, value)| self.is_open(key, value)),
            Value::Array(values) => values.iter().any(|value| self.is_told(value)),
            _ => false,
        }
    }

    fn is_open(&self, key: &str, value: &Value) -> bool {
        if self.names(key) { value != REDACTED } else { self.is_told(value) }
    }

    fn names(&self, key: &str) -> bool {
        self.keys.binary_search_by(|named| named.as_ref().cmp(key)).is_ok()
    }

    fn redact(&self, record: &mut Record) {
        let Record { context, data, properties, .. } = record;
        context.iter_mut().for_each(|(key, value)| self.redact_entry(key, value));
        data.iter_mut().chain(properties).for_each(|value| self.redact_value(value));
    }

    fn redact_entry(&self, key: &str, value: &mut Value) {
        if self.names(key) {
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
