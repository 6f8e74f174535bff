//! Values of a context, of data and of properties: keys in the order of their bytes at every depth, whatever features
//! `serde_json` has.

use serde_json::{Map, Number, Value};

use super::room::Room;
use crate::record::Context;
use crate::record::value::float_text;

impl Room<'_> {
    pub(super) fn value(self, value: &Value) -> Option<Self> {
        match value {
            Value::Null => self.put(b"null"),
            Value::Bool(true) => self.put(b"true"),
            Value::Bool(false) => self.put(b"false"),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.put(b"\"")?.text(text),
            Value::Array(items) => self.put(b"[")?.items(items),
            Value::Object(entries) => self.put(b"{")?.object(entries),
        }
    }

    fn number(self, number: &Number) -> Option<Self> {
        if let Some(integer) = number.as_u64() {
            return self.integer(integer);
        }
        match number.as_i64() {
            // Only with `arbitrary_precision`: the text `-0`, which is a float.
            Some(0) => self.put(b"-0.0"),
            Some(integer) => self.put(b"-")?.integer(integer.unsigned_abs()),
            None => {
                // A number that is no float is refused before it comes here; see `Record::check`.
                let text = number.as_f64().map_or_else(|| number.to_string(), float_text);
                self.put_all(text.as_bytes())
            }
        }
    }

    fn items(mut self, items: &[Value]) -> Option<Self> {
        for (index, item) in items.iter().enumerate() {
            self = if index > 0 { self.put(b",")? } else { self };
            self = self.value(item)?;
        }
        self.put(b"]")
    }

    /// Without the brace that opens it.
    pub(super) fn context(self, context: &Context) -> Option<Self> {
        self.entries(context.iter())
    }

    /// By their keys. With `preserve_order` a map is in the order in which it was filled.
    fn object(self, entries: &Map<String, Value>) -> Option<Self> {
        let each = || entries.iter().map(|(key, value)| (key.as_str(), value));
        if each().is_sorted_by_key(|(key, _)| key) {
            return self.entries(each());
        }
        let mut sorted: Vec<_> = each().collect();
        sorted.sort_unstable_by_key(|(key, _)| *key);
        self.entries(sorted.into_iter())
    }

    fn entries<'a>(mut self, entries: impl Iterator<Item = (&'a str, &'a Value)>) -> Option<Self> {
        for (index, (key, value)) in entries.enumerate() {
            self = if index > 0 { self.put(b",\"") } else { self.put(b"\"") }?;
            self = self.text(key)?.put(b":")?.value(value)?;
        }
        self.put(b"}")
    }
}
