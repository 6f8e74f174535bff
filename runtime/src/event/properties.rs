//! An event's properties: the fields of a struct in their serde form, without the skipped and redacted ones.
//!
//! A skipped or redacted field is not serialised at all, instead of serialised and removed. So no text ever holds the
//! secret, and a field that cannot be serialised does not refuse the event.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::ser::{self, Impossible, SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::EventType;
use crate::record::{REDACTED, ValueError, to_key, to_value};

/// A type that can be written as the properties of an event: exactly the types that are `Serialize`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be recorded: it is not `Serialize`",
    label = "not `Serialize`",
    note = "an event is recorded in its serde form: `#[derive(Event, Serialize)]`, with `Deserialize` where it is read back"
)]
pub trait Recordable {
    fn write(&self, writer: Writer) -> Result<Option<Value>, ValueError>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Recordable for T {
    fn write(&self, writer: Writer) -> Result<Option<Value>, ValueError> {
        self.serialize(writer)
    }
}

/// Returns the fields of the struct without the skipped ones; `None` for a unit struct. If a field is hidden and none is
/// flattened, `declared` lists the fields that the struct can have.
#[doc(hidden)]
pub fn properties<E: Recordable>(
    event: &E,
    skipped: &'static [&'static str],
    redacted: &'static [&'static str],
    declared: Option<&'static EventType>,
) -> Result<Option<Value>, ValueError> {
    event.write(Writer { skipped, redacted, declared })
}

/// A type whose default replaces a property that was not recorded: exactly the types that are `Default`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default, and a property that is not recorded is read back as one",
    label = "not `Default`",
    note = "what is skipped or redacted is not in the record that the event is read back from"
)]
pub trait DefaultProperty {
    fn default_value() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> DefaultProperty for T {
    fn default_value() -> Self {
        T::default()
    }
}

/// The default of `T` as JSON. If `T` is not `Serialize`, serde's own derive has reported it, and here it falls back to
/// [`NullProperty`], so that there is one error and not two.
#[doc(hidden)]
pub struct DefaultOf<T>(PhantomData<T>);

#[doc(hidden)]
#[must_use]
pub const fn default_property<T: DefaultProperty>() -> DefaultOf<T> {
    DefaultOf(PhantomData)
}

impl<T: DefaultProperty + Serialize> DefaultOf<T> {
    #[allow(clippy::unused_self, reason = "a method of the type goes before one of a trait")]
    pub fn json(&self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(T::default_value())
    }
}

/// The fallback for a type that is not `Serialize`: `null`.
#[doc(hidden)]
pub trait NullProperty {
    fn json(&self) -> Result<Value, serde_json::Error> {
        Ok(Value::Null)
    }
}

impl<T> NullProperty for DefaultOf<T> {}

/// Returns the recorded properties, or an empty object.
#[doc(hidden)]
#[must_use]
pub fn stored_properties(properties: Option<&Value>) -> Cow<'_, Value> {
    properties.map_or_else(|| Cow::Owned(Value::Object(Map::new())), Cow::Borrowed)
}

/// Replaces a property that was not recorded; `None` removes it, so that serde's own default applies.
#[doc(hidden)]
pub fn replace_property(stored: &mut Cow<'_, Value>, name: &'static str, instead: Option<Value>) {
    let Value::Object(fields) = stored.to_mut() else { return };
    match instead {
        Some(instead) => fields.insert(name.to_owned(), instead),
        None => fields.remove(name),
    };
}

/// Writes a struct with names for its fields, or without fields, and nothing else.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    skipped: &'static [&'static str],
    redacted: &'static [&'static str],
    declared: Option<&'static EventType>,
}

impl Writer {
    fn fields(self) -> Fields {
        Fields { writer: self, written: Map::new(), left_out: Vec::new(), key: None }
    }

    /// A `Serialize` that is not derived may write a skipped field under another name.
    fn is_unknown(self, name: &str) -> bool {
        self.declared.is_some_and(|declared| declared.properties.iter().all(|property| property.name != name))
    }
}

/// The fields that were written so far.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fields {
    writer: Writer,
    written: Map<String, Value>,
    /// The fields that were skipped so far.
    left_out: Vec<&'static str>,
    key: Option<String>,
}

impl Fields {
    fn write<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), ValueError> {
        if self.written.contains_key(name) || self.left_out.contains(&name) {
            return Err(written_twice(name));
        }
        if let Some(skipped) = self.writer.skipped.iter().find(|skipped| **skipped == name) {
            self.left_out.push(skipped);
            return Ok(());
        }
        if self.writer.is_unknown(name) {
            return Err(unknown(name));
        }
        let value = if self.writer.redacted.contains(&name) {
            REDACTED.into()
        } else {
            to_value(value).map_err(|error| error.within(name))?
        };
        self.written.insert(name.to_owned(), value);
        Ok(())
    }
}

impl SerializeStruct for Fields {
    type Ok = Option<Value>;
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), ValueError> {
        self.write(name, value)
    }

    fn end(self) -> Result<Option<Value>, ValueError> {
        Ok(Some(Value::Object(self.written)))
    }
}

/// A struct with a flattened field is written as a map.
impl SerializeMap for Fields {
    type Ok = Option<Value>;
    type Error = ValueError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ValueError> {
        self.key = Some(to_key(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        let name = self.key.take().ok_or_else(|| refuse("a value without a name"))?;
        self.write(&name, value)
    }

    fn end(self) -> Result<Option<Value>, ValueError> {
        Ok(Some(Value::Object(self.written)))
    }
}

fn refuse(found: impl fmt::Display) -> ValueError {
    ser::Error::custom(format_args!("an event's properties are the fields of a struct, and this is {found}"))
}

fn written_twice(name: &str) -> ValueError {
    ser::Error::custom(format_args!(
        "the property `{name}` is written twice, and a record holds one; keep that name out of what is flattened"
    ))
}

fn unknown(name: &str) -> ValueError {
    ser::Error::custom(format_args!(
        "`{name}` is not declared as a property, and could be one that is not to be recorded; write each field under its own name"
    ))
}

macro_rules! refused {
    ($($method:ident($($value:ty),*) is $found:literal;)*) => {$(
        fn $method(self, $(_: $value),*) -> Result<Option<Value>, ValueError> {
            Err(refuse($found))
        }
    )*};
}

impl Serializer for Writer {
    type Ok = Option<Value>;
    type Error = ValueError;
    type SerializeSeq = Impossible<Option<Value>, ValueError>;
    type SerializeTuple = Impossible<Option<Value>, ValueError>;
    type SerializeTupleStruct = Impossible<Option<Value>, ValueError>;
    type SerializeTupleVariant = Impossible<Option<Value>, ValueError>;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Impossible<Option<Value>, ValueError>;

    fn serialize_unit_struct(self, _: &'static str) -> Result<Option<Value>, ValueError> {
        Ok(None)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, ValueError> {
        Ok(self.fields())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields, ValueError> {
        Ok(self.fields())
    }

    refused! {
        serialize_bool(bool) is "a boolean";
        serialize_i8(i8) is "a number";
        serialize_i16(i16) is "a number";
        serialize_i32(i32) is "a number";
        serialize_i64(i64) is "a number";
        serialize_u8(u8) is "a number";
        serialize_u16(u16) is "a number";
        serialize_u32(u32) is "a number";
        serialize_u64(u64) is "a number";
        serialize_f32(f32) is "a number";
        serialize_f64(f64) is "a number";
        serialize_char(char) is "a character";
        serialize_str(&str) is "a text";
        serialize_bytes(&[u8]) is "a list of bytes";
        serialize_none() is "nothing";
        serialize_unit() is "nothing";
        serialize_unit_variant(&'static str, u32, &'static str) is "a variant of an enum";
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Option<Value>, ValueError> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Option<Value>, ValueError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Option<Value>, ValueError> {
        Err(refuse("a variant of an enum"))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, ValueError> {
        Err(refuse("a list"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, ValueError> {
        Err(refuse("a list"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, ValueError> {
        Err(refuse("a list"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, ValueError> {
        Err(refuse("a variant of an enum"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, ValueError> {
        Err(refuse("a variant of an enum"))
    }
}
