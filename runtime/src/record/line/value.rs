//! Values of a context, of data and of properties: keys in the order of their bytes at every depth, whatever features
//! `serde_json` has.

use serde_json::{Number, Value};

use super::{put_comma, put_integer, put_text};
use crate::record::Context;
use crate::record::value::float_text;

pub(super) fn put_value(line: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => line.extend_from_slice(b"null"),
        Value::Bool(true) => line.extend_from_slice(b"true"),
        Value::Bool(false) => line.extend_from_slice(b"false"),
        Value::Number(number) => put_number(line, number),
        Value::String(text) => put_text(line, text),
        Value::Array(items) => {
            line.push(b'[');
            for (index, item) in items.iter().enumerate() {
                put_comma(line, index);
                put_value(line, item);
            }
            line.push(b']');
        }
        Value::Object(entries) => {
            // With `preserve_order` a map is in the order in which it was filled.
            let mut entries: Vec<(&String, &Value)> = entries.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            put_entries(line, entries.into_iter().map(|(key, value)| (key.as_str(), value)));
        }
    }
}

pub(super) fn put_context(line: &mut Vec<u8>, context: &Context) {
    put_entries(line, context.iter());
}

fn put_entries<'a>(line: &mut Vec<u8>, entries: impl Iterator<Item = (&'a str, &'a Value)>) {
    line.push(b'{');
    for (index, (key, value)) in entries.enumerate() {
        put_comma(line, index);
        put_text(line, key);
        line.push(b':');
        put_value(line, value);
    }
    line.push(b'}');
}

fn put_number(line: &mut Vec<u8>, number: &Number) {
    if let Some(integer) = number.as_u64() {
        return put_integer(line, &integer);
    }
    match number.as_i64() {
        // Only with `arbitrary_precision`: the text `-0`, which is a float.
        Some(0) => line.extend_from_slice(b"-0.0"),
        Some(integer) => put_integer(line, &integer),
        None => {
            // A number that is not a float is refused before it comes here; see `Record::check`.
            let text = number.as_f64().map_or_else(|| number.to_string(), float_text);
            line.extend_from_slice(text.as_bytes());
        }
    }
}
