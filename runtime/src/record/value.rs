//! Values that a record can hold: how they are made from any `Serialize`, and which are refused.
//!
//! `serde_json::to_value` writes NaN as `null`, accepts any depth, and keeps numbers in the form of its features. Every reader
//! must read a recorded value back equal, so a value that cannot be read back is refused here.

use std::fmt;

use serde::ser::{self, Serialize};
use serde_json::{Map, Number, Value};

use super::printable::Printable;

mod number;
mod serializer;
mod strict;

pub(super) use self::number::float_text;
pub use self::serializer::ValueSerializer;
pub(crate) use self::serializer::to_key;
pub(crate) use self::strict::{JsonPath, StrictValue};

/// Keys by which `serde_json` passes a number and a raw value through serde. If a program enables these features,
/// a reader would not read an object with such a key as an object.
const RESERVED: [&str; 2] = ["$serde_json::private::Number", "$serde_json::private::RawValue"];

/// How deep a value may be nested: a list in a list is two levels. `serde_json` reads 128 levels, the line and its
/// fields included.
const MAX_DEPTH: usize = 64;

/// The error for a value that a record cannot hold: the path to the value, and the reason.
///
/// ```
/// use tollgate::{Cause, Event, Record, CommitError, events::Login};
///
/// let mut log: Vec<Record> = Vec::new();
/// let refused = Login.occurred().by("ann").with("score", f64::NAN).commit(&mut log).map_err(CommitError::into_cause);
/// let Err(Cause::Data(error)) = refused else { panic!("NaN has no form in JSON") };
/// assert_eq!(error.field, "context.score");
/// assert!(log.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` cannot be recorded: {why}", Printable(field))]
#[non_exhaustive]
pub struct ValueError {
    /// The path to the value, from the record's field on: `context.order.items[3]`, `data["a.b"]`, `at`.
    pub field: String,
    /// The reason.
    pub why: Unrecordable,
}

/// The reason why a record cannot hold a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unrecordable {
    /// Lists and objects are nested more than 64 levels deep.
    #[error("it is nested more than {MAX_DEPTH} levels deep; record a part of it, or its text")]
    TooDeep,
    /// A float that is `NaN`, `inf` or `-inf`.
    #[error("{0} has no form in JSON; record a text, or leave it out")]
    NotFinite(String),
    /// A number that no `i64`, `u64` or `f64` holds exactly.
    #[error("no 64-bit integer or float holds {0} exactly; record it as a text")]
    Number(String),
    /// A key of an object that is a list, an object or nothing.
    #[error("it has a key that is not a text, a number or a boolean")]
    Key,
    /// An object that has the same key twice.
    #[error("it has the key `{}` twice", Printable(_0))]
    KeyTwice(String),
    /// A key that `serde_json` uses itself.
    #[error("serde_json reserves the key `{0}`")]
    ReservedKey(String),
    /// A version or a position of 0.
    #[error("it is 0; the first is 1")]
    Zero,
    /// A position, in a sink that assigns positions itself or stores none.
    #[error("this sink does not store it; leave it out")]
    NotStored,
    /// A time whose year has more or fewer than four digits.
    #[error("{0} is outside the years 0 to 9999")]
    Year(String),
    /// A time within a leap second.
    #[error("{0} is a leap second; use the second before or after it")]
    LeapSecond(String),
    /// Digests that are not in ascending order, each once.
    #[error("its digests are not in ascending order")]
    NotAscending,
    /// The `Serialize` of the value failed.
    #[error("{}", Printable(_0))]
    Unserializable(String),
}

impl ValueError {
    pub(crate) fn new(why: Unrecordable) -> Self {
        Self { field: String::new(), why }
    }

    /// Puts the field or key that holds the value before the path to it. A key that could be read as a path is quoted:
    /// `context["a.b"][3]`.
    #[must_use]
    pub(crate) fn within(self, key: &str) -> Self {
        if key.is_empty() || key.contains(['.', '[', ']', '"', '\\']) {
            self.with_outer(&format!("[{key:?}]"))
        } else {
            self.with_outer(key)
        }
    }

    fn at(self, index: usize) -> Self {
        self.with_outer(&format!("[{index}]"))
    }

    fn with_outer(mut self, outer: &str) -> Self {
        let joint = if self.field.is_empty() || self.field.starts_with('[') { "" } else { "." };
        self.field = format!("{outer}{joint}{}", self.field);
        self
    }
}

impl ser::Error for ValueError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Unrecordable::Unserializable(message.to_string()))
    }
}

/// Returns the value as a record holds it.
pub(crate) fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, ValueError> {
    value.serialize(ValueSerializer::new())
}

/// Rejects a value that a reader could not read back equal.
pub(crate) fn check(value: &Value) -> Result<(), ValueError> {
    check_at(value, 0)
}

fn check_at(value: &Value, depth: usize) -> Result<(), ValueError> {
    match value {
        Value::Number(number) => number::check(number),
        Value::Array(items) => {
            check_depth(depth)?;
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| check_at(item, depth + 1).map_err(|error| error.at(index)))
        }
        Value::Object(entries) => {
            check_depth(depth)?;
            let mut entries = entries.iter();
            entries.try_for_each(|(key, entry)| {
                check_key(key)?;
                check_at(entry, depth + 1).map_err(|error| error.within(key))
            })
        }
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

/// Rejects a value that is nested too deeply.
pub(super) fn check_depth(depth: usize) -> Result<(), ValueError> {
    if depth < MAX_DEPTH { Ok(()) } else { Err(ValueError::new(Unrecordable::TooDeep)) }
}

/// Returns a parsed value with its numbers as [`to_value`] makes them. With the feature `arbitrary_precision` a number
/// is the text that it was read from, and two equal numbers can differ.
pub(crate) fn normalize(mut value: Value) -> Result<Value, ValueError> {
    normalize_numbers(&mut value);
    check(&value)?;
    Ok(value)
}

fn normalize_numbers(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Ok(normalized) = number::normalized(number) {
                *number = normalized;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(normalize_numbers),
        Value::Object(entries) => entries.values_mut().for_each(normalize_numbers),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

pub(crate) fn check_key(key: &str) -> Result<(), ValueError> {
    if RESERVED.contains(&key) { Err(ValueError::new(Unrecordable::ReservedKey(key.to_owned()))) } else { Ok(()) }
}

/// Adds an entry to an object, which has each key once.
fn insert(entries: &mut Map<String, Value>, key: String, value: Value) -> Result<(), ValueError> {
    check_key(&key)?;
    if entries.contains_key(&key) {
        return Err(ValueError::new(Unrecordable::KeyTwice(key)));
    }
    entries.insert(key, value);
    Ok(())
}

fn float(float: f64) -> Result<Number, ValueError> {
    Number::from_f64(float).ok_or_else(|| ValueError::new(Unrecordable::NotFinite(float.to_string())))
}
