//! Reads recorded values of which parts may be redacted: a part that holds `[redacted]` and is not a text becomes the zero
//! of its type. `sink::redact` writes them.

use std::fmt;

use serde::de::value::{SeqDeserializer, StringDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Map, Value};

use crate::record::REDACTED;

/// Whether the value, or a part of it, is redacted.
pub(crate) fn is_redacted_in(value: &Value) -> bool {
    match value {
        Value::String(text) => text == REDACTED,
        Value::Array(values) => values.iter().any(is_redacted_in),
        Value::Object(fields) => fields.values().any(is_redacted_in),
        _ => false,
    }
}

/// A value as `serde_json` reads it, except for the parts that are redacted.
///
/// `serde_json::Value` is not the deserializer of strict values, because each deserializer of a type costs a copy of its
/// code.
#[derive(Debug)]
pub(crate) struct Unredacted {
    value: Value,
    mode: Mode,
}

/// The parts that are read as the zero of the type if they are redacted: a number is 0, an `Option` is `None`, a list
/// is empty, and a struct has each of its fields redacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Nothing,
    /// The parts of the fields, and not the fields themselves.
    BelowFields,
    Everything,
}

impl Unredacted {
    /// Reads it as it is.
    pub(crate) fn strict(value: Value) -> Self {
        Self { value, mode: Mode::Nothing }
    }

    /// Reads a zero for each redacted part that is not a text.
    pub(crate) fn lenient(value: Value) -> Self {
        Self { value, mode: Mode::Everything }
    }

    /// Reads a zero for each redacted part below the fields of this object, which are read as they are.
    pub(crate) fn below_fields(value: Value) -> Self {
        Self { value, mode: Mode::BelowFields }
    }

    /// Returns whether the whole value is redacted and must be read as a zero.
    fn is_read_as_zero(&self) -> bool {
        self.mode == Mode::Everything && self.value == REDACTED
    }
}

impl IntoDeserializer<'_, Error> for Unredacted {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! zero {
    ($($method:ident => $visit:ident($($zero:expr)?);)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            if self.is_read_as_zero() { visitor.$visit($($zero)?) } else { self.value.$method(visitor) }
        }
    )*};
}

impl<'de> Deserializer<'de> for Unredacted {
    type Error = Error;

    zero! {
        deserialize_bool => visit_bool(false);
        deserialize_i8 => visit_i8(0);
        deserialize_i16 => visit_i16(0);
        deserialize_i32 => visit_i32(0);
        deserialize_i64 => visit_i64(0);
        deserialize_i128 => visit_i128(0);
        deserialize_u8 => visit_u8(0);
        deserialize_u16 => visit_u16(0);
        deserialize_u32 => visit_u32(0);
        deserialize_u64 => visit_u64(0);
        deserialize_u128 => visit_u128(0);
        deserialize_f32 => visit_f32(0.0);
        deserialize_f64 => visit_f64(0.0);
        deserialize_char => visit_char('\0');
        deserialize_bytes => visit_bytes(&[]);
        deserialize_byte_buf => visit_byte_buf(Vec::new());
        deserialize_unit => visit_unit();
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Array(values) => {
                let mut list = SeqDeserializer::new(values.into_iter().map(|value| Self { value, mode: self.mode }));
                let read = visitor.visit_seq(&mut list)?;
                list.end().map(|()| read)
            }
            Value::Object(fields) => {
                let mut entries = ObjectEntries { left: fields.into_iter(), value: None, mode: self.mode };
                let read = visitor.visit_map(&mut entries)?;
                match entries.left.len() {
                    0 => Ok(read),
                    left => Err(de::Error::invalid_length(left, &"fewer entries in the object")),
                }
            }
            value => value.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_read_as_zero() || self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.or_empty(Value::Array(Vec::new())).deserialize_any(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.or_empty(Value::Object(Map::new())).deserialize_any(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        self.or_empty(vec![REDACTED; length].into()).deserialize_any(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let fields = fields.iter().map(|field| ((*field).to_owned(), REDACTED.into()));
        self.or_empty(Value::Object(fields.collect())).deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        // A type of `serde_json` itself, such as `RawValue`.
        if name.starts_with("$serde_json") {
            return self.value.deserialize_newtype_struct(name, visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    forward_to_deserialize_any! { str string identifier ignored_any }
}

impl Unredacted {
    fn or_empty(self, empty: Value) -> Self {
        if self.is_read_as_zero() { Self::lenient(empty) } else { self }
    }
}

/// The entries of an object, one by one.
struct ObjectEntries {
    left: serde_json::map::IntoIter,
    value: Option<(String, Value)>,
    mode: Mode,
}

impl<'de> MapAccess<'de> for ObjectEntries {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((key, value)) = self.left.next() else { return Ok(None) };
        let key = &self.value.insert((key, value)).0;
        seed.deserialize(ObjectKey(key.clone())).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let (key, value) = self.value.take().ok_or_else(|| <Error as de::Error>::custom("a value without a key"))?;
        let is_redacted = value == REDACTED;
        let has_redacted = self.mode != Mode::Nothing && is_redacted_in(&value);
        let mode = match self.mode {
            Mode::BelowFields if is_redacted => Mode::Nothing,
            Mode::BelowFields => Mode::Everything,
            mode => mode,
        };
        let name = if has_redacted { redacted_name(&value).map(str::to_owned) } else { None };
        seed.deserialize(Unredacted { value, mode }).map_err(|error| match name {
            _ if is_redacted && has_redacted => unknown(&key, &error),
            Some(name) => misfit(&key, &name, &error),
            _ if has_redacted => de::Error::custom(format_args!("{key}: {error}")),
            _ => error,
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

/// Returns the error for a redacted value that the type cannot replace. The cause is not known here: the type may have no
/// default, or `serde` may read the value by a function (`with`).
pub(crate) fn unknown(name: &str, error: &impl fmt::Display) -> Error {
    de::Error::custom(format_args!(
        "`{name}` {IS_REDACTED}, and `serde` has no default for it ({error}); add `#[serde(default)]` or `#[serde(default = \"path\")]`"
    ))
}

/// The error for a value that does not fit, with a redacted part that may be the cause. `serde` reads the content of an enum
/// variant, or of a flattened field, before it knows the types in it, so that this part is then not read as a zero.
pub(crate) fn misfit(field: &str, redacted: &str, error: &Error) -> Error {
    let message = error.to_string();
    if message.contains(IS_REDACTED) {
        return de::Error::custom(format_args!("{field}: {message}"));
    }
    de::Error::custom(format_args!(
        "{field}: {message}; `{redacted}` {IS_REDACTED}: within an enum variant or a flattened field, redact `{field}` as a whole"
    ))
}

/// The words of this module's own errors. An error of an inner field has them already.
const IS_REDACTED: &str = "is redacted";

/// Returns the key of the first redacted part of a value.
pub(crate) fn redacted_name(value: &Value) -> Option<&str> {
    match value {
        Value::Array(values) => values.iter().find_map(redacted_name),
        Value::Object(fields) => {
            let mut fields = fields.iter();
            fields.find_map(|(key, value)| if value == REDACTED { Some(&**key) } else { redacted_name(value) })
        }
        _ => None,
    }
}

/// A text key, as `serde_json` reads it for a map whose keys are numbers or booleans.
struct ObjectKey(String);

macro_rules! parsed {
    ($($method:ident => $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.parse() {
                Ok(parsed) => visitor.$visit(parsed),
                Err(_) => visitor.visit_string(self.0),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for ObjectKey {
    type Error = Error;

    parsed! {
        deserialize_bool => visit_bool;
        deserialize_i8 => visit_i8;
        deserialize_i16 => visit_i16;
        deserialize_i32 => visit_i32;
        deserialize_i64 => visit_i64;
        deserialize_i128 => visit_i128;
        deserialize_u8 => visit_u8;
        deserialize_u16 => visit_u16;
        deserialize_u32 => visit_u32;
        deserialize_u64 => visit_u64;
        deserialize_u128 => visit_u128;
        deserialize_f32 => visit_f32;
        deserialize_f64 => visit_f64;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        StringDeserializer::<Error>::new(self.0).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
