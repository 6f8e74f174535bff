//! Values of a context, of data and of properties.

use serde_json::{Number, Value};

use super::digits::write_integer;
use super::text::write_text;

pub(super) fn write_value(value: &Value, line: &mut Vec<u8>) {
    match value {
        Value::Null => line.extend_from_slice(b"null"),
        Value::Bool(true) => line.extend_from_slice(b"true"),
        Value::Bool(false) => line.extend_from_slice(b"false"),
        Value::Number(number) => write_number(number, line),
        Value::String(text) => {
            line.push(b'"');
            write_text(text, line);
        }
        Value::Array(items) => write_list(items, line),
        Value::Object(entries) => write_map(entries.iter().map(|(key, value)| (key.as_str(), value)), line),
    }
}

fn write_number(number: &Number, line: &mut Vec<u8>) {
    match number.as_u64() {
        Some(integer) => write_integer(integer, line),
        // Floats are serde_json's affair, and with its `arbitrary_precision` any number that is written otherwise.
        None => serde_json::to_writer(line, number).expect("memory takes a number"),
    }
}

fn write_list(items: &[Value], line: &mut Vec<u8>) {
    line.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            line.push(b',');
        }
        write_value(item, line);
    }
    line.push(b']');
}

pub(super) fn write_map<'a>(entries: impl Iterator<Item = (&'a str, &'a Value)>, line: &mut Vec<u8>) {
    line.push(b'{');
    for (index, (key, value)) in entries.enumerate() {
        line.extend_from_slice(if index > 0 { b",\"" } else { b"\"".as_slice() });
        write_text(key, line);
        line.push(b':');
        write_value(value, line);
    }
    line.push(b'}');
}
