//! Values of a context, of data and of properties.

use serde_json::{Number, Value};

use super::room::Room;
use crate::record::Context;

impl Room<'_> {
    pub(super) fn value(self, value: &Value) -> Option<Self> {
        match value {
            Value::Null => self.put(b"null"),
            Value::Bool(true) => self.put(b"true"),
            Value::Bool(false) => self.put(b"false"),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.put(b"\"")?.text(text),
            Value::Array(items) => self.put(b"[")?.items(items),
            Value::Object(entries) => self.put(b"{")?.entries(entries.iter().map(|(key, value)| (key.as_str(), value))),
        }
    }

    fn number(self, number: &Number) -> Option<Self> {
        if let Some(integer) = number.as_u64() {
            return self.integer(integer);
        }
        // Floats are serde_json's affair; with its `arbitrary_precision` so is any number in another form.
        let Room(mut left) = self;
        serde_json::to_writer(&mut left, number).ok()?;
        Some(Room(left))
    }

    fn items(mut self, items: &[Value]) -> Option<Self> {
        for (index, item) in items.iter().enumerate() {
            self = if index > 0 { self.put(b",")? } else { self };
            self = self.value(item)?;
        }
        self.put(b"]")
    }

    pub(super) fn context(self, context: &Context) -> Option<Self> {
        self.entries(context.iter())
    }

    /// Without the brace that opens them.
    fn entries<'a>(mut self, entries: impl Iterator<Item = (&'a str, &'a Value)>) -> Option<Self> {
        for (index, (key, value)) in entries.enumerate() {
            self = if index > 0 { self.put(b",\"") } else { self.put(b"\"") }?;
            self = self.text(key)?.put(b":")?.value(value)?;
        }
        self.put(b"}")
    }
}
