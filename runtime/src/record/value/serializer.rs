//! The serializer that makes a value. It works as that of `serde_json`, and also rejects values that a record cannot hold.

use serde::ser::{
    self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde_json::{Map, Value};

use super::{RESERVED, Unrecordable, ValueError, check_at, check_depth, float, float_text, insert, normalize, number};

/// The names by which `serde_json` passes a number and a raw value through serde, each as its text.
const NUMBER: &str = RESERVED[0];
const RAW: &str = RESERVED[1];

/// Writes one value at this depth of the whole value.
#[derive(Debug, Clone, Copy)]
pub struct ValueSerializer {
    depth: usize,
}

type ValueResult = Result<Value, ValueError>;

impl ValueSerializer {
    pub(crate) fn new() -> Self {
        Self { depth: 0 }
    }

    /// Returns the serializer for the values inside this one.
    fn inner(self) -> Result<Self, ValueError> {
        check_depth(self.depth)?;
        Ok(Self { depth: self.depth + 1 })
    }

    fn list(self, length: Option<usize>) -> Result<List, ValueError> {
        // The length comes from a foreign type and is not trusted, so the allocation is limited.
        let items = Vec::with_capacity(length.unwrap_or(0).min(64));
        Ok(List { inner: self.inner()?, items, variant: None })
    }

    fn object(self) -> Result<Object, ValueError> {
        Ok(Object { inner: self.inner()?, entries: Map::new(), key: None, variant: None, text_of: None })
    }
}

macro_rules! numbers {
    ($($method:ident: $number:ty,)*) => {$(
        fn $method(self, number: $number) -> ValueResult {
            Ok(number.into())
        }
    )*};
}

impl ser::Serializer for ValueSerializer {
    type Ok = Value;
    type Error = ValueError;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = List;
    type SerializeMap = Object;
    type SerializeStruct = Object;
    type SerializeStructVariant = Object;

    numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
    }

    fn serialize_i128(self, number: i128) -> ValueResult {
        number::parsed(&number.to_string()).map(Value::Number)
    }

    fn serialize_u128(self, number: u128) -> ValueResult {
        number::parsed(&number.to_string()).map(Value::Number)
    }

    fn serialize_bool(self, value: bool) -> ValueResult {
        Ok(Value::Bool(value))
    }

    fn serialize_f32(self, value: f32) -> ValueResult {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> ValueResult {
        float(value).map(Value::Number)
    }

    fn serialize_char(self, value: char) -> ValueResult {
        Ok(Value::String(value.to_string()))
    }

    fn serialize_str(self, text: &str) -> ValueResult {
        Ok(Value::String(text.to_owned()))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> ValueResult {
        check_depth(self.depth)?;
        Ok(bytes.iter().copied().collect())
    }

    fn serialize_none(self) -> ValueResult {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> ValueResult {
        value.serialize(self)
    }

    fn serialize_unit(self) -> ValueResult {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> ValueResult {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> ValueResult {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> ValueResult {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> ValueResult {
        let value = value.serialize(self.inner()?).map_err(|error| error.within(variant))?;
        Ok(tagged(variant, value))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List, ValueError> {
        self.list(length)
    }

    fn serialize_tuple(self, length: usize) -> Result<List, ValueError> {
        self.list(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<List, ValueError> {
        self.list(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<List, ValueError> {
        let list = self.inner()?.list(Some(length))?;
        Ok(List { variant: Some(variant), ..list })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object, ValueError> {
        self.object()
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Object, ValueError> {
        if name == NUMBER || name == RAW {
            return Ok(Object { inner: self, entries: Map::new(), key: None, variant: None, text_of: Some(name) });
        }
        self.object()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Object, ValueError> {
        let object = self.inner()?.object()?;
        Ok(Object { variant: Some(variant), ..object })
    }
}

/// The value of an enum's variant, under the variant's name.
fn tagged(variant: &'static str, value: Value) -> Value {
    Value::Object(Map::from_iter([(variant.to_owned(), value)]))
}

/// A list that is being written.
#[derive(Debug)]
pub struct List {
    inner: ValueSerializer,
    items: Vec<Value>,
    variant: Option<&'static str>,
}

impl List {
    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), ValueError> {
        let named = |error: ValueError| {
            let error = error.at(self.items.len());
            self.variant.into_iter().fold(error, ValueError::within)
        };
        let item = item.serialize(self.inner).map_err(named)?;
        self.items.push(item);
        Ok(())
    }

    fn into_value(self) -> Value {
        let list = Value::Array(self.items);
        match self.variant {
            Some(variant) => tagged(variant, list),
            None => list,
        }
    }
}

macro_rules! lists {
    ($($form:ident $method:ident,)*) => {$(
        impl $form for List {
            type Ok = Value;
            type Error = ValueError;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), ValueError> {
                self.push(item)
            }

            fn end(self) -> ValueResult {
                Ok(self.into_value())
            }
        }
    )*};
}

lists! {
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
}

/// An object that is being written.
#[derive(Debug)]
pub struct Object {
    inner: ValueSerializer,
    entries: Map<String, Value>,
    key: Option<String>,
    variant: Option<&'static str>,
    /// Set if this is not an object but a number or a raw value, which `serde_json` passes as its text.
    text_of: Option<&'static str>,
}

impl Object {
    fn put<T: Serialize + ?Sized>(&mut self, key: String, value: &T) -> Result<(), ValueError> {
        let named = |error: ValueError| {
            let error = if self.text_of.is_some() { error } else { error.within(&key) };
            self.variant.into_iter().fold(error, ValueError::within)
        };
        let value = value.serialize(self.inner).map_err(named)?;
        if self.text_of.is_some() {
            self.entries.insert(key, value);
            return Ok(());
        }
        insert(&mut self.entries, key, value)
    }

    fn into_value(mut self) -> ValueResult {
        if let Some(form) = self.text_of {
            let text = self.entries.remove(form);
            let text = text.as_ref().and_then(Value::as_str).unwrap_or_default();
            return if form == NUMBER { number::parsed(text).map(Value::Number) } else { raw(text, self.inner.depth) };
        }
        let object = Value::Object(self.entries);
        Ok(match self.variant {
            Some(variant) => tagged(variant, object),
            None => object,
        })
    }
}

/// Returns the value of a JSON text at this depth of the whole value.
fn raw(text: &str, depth: usize) -> ValueResult {
    let value: Value = serde_json::from_str(text).map_err(ser::Error::custom)?;
    let value = normalize(value)?;
    check_at(&value, depth)?;
    Ok(value)
}

macro_rules! structs {
    ($($form:ident)*) => {$(
        impl $form for Object {
            type Ok = Value;
            type Error = ValueError;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), ValueError> {
                self.put(key.to_owned(), value)
            }

            fn end(self) -> ValueResult {
                self.into_value()
            }
        }
    )*};
}

structs!(SerializeStruct SerializeStructVariant);

impl SerializeMap for Object {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ValueError> {
        self.key = Some(to_key(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        let key = self.key.take().ok_or_else(|| ValueError::new(Unrecordable::Key))?;
        self.put(key, value)
    }

    fn end(self) -> ValueResult {
        self.into_value()
    }
}

/// A key of an object, as a text.
pub(crate) fn to_key<T: Serialize + ?Sized>(key: &T) -> Result<String, ValueError> {
    key.serialize(KeySerializer)
}

/// Writes a key: a text, a number, a boolean, or the name of a variant.
struct KeySerializer;

type KeyResult = Result<String, ValueError>;

macro_rules! keys {
    ($($method:ident: $key:ty,)*) => {$(
        fn $method(self, key: $key) -> KeyResult {
            Ok(key.to_string())
        }
    )*};
}

macro_rules! no_keys {
    ($($method:ident($($ty:ty),*) -> $given:ty;)*) => {$(
        fn $method(self, $(_: $ty),*) -> Result<$given, ValueError> {
            Err(ValueError::new(Unrecordable::Key))
        }
    )*};
}

impl ser::Serializer for KeySerializer {
    type Ok = String;
    type Error = ValueError;
    type SerializeSeq = Impossible<String, ValueError>;
    type SerializeTuple = Impossible<String, ValueError>;
    type SerializeTupleStruct = Impossible<String, ValueError>;
    type SerializeTupleVariant = Impossible<String, ValueError>;
    type SerializeMap = Impossible<String, ValueError>;
    type SerializeStruct = Impossible<String, ValueError>;
    type SerializeStructVariant = Impossible<String, ValueError>;

    keys! {
        serialize_bool: bool, serialize_char: char, serialize_str: &str,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128,
    }

    fn serialize_f32(self, key: f32) -> KeyResult {
        self.serialize_f64(key.into())
    }

    fn serialize_f64(self, key: f64) -> KeyResult {
        float(key).map(|_| float_text(key))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> KeyResult {
        Ok(variant.to_owned())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, key: &T) -> KeyResult {
        key.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, key: &T) -> KeyResult {
        key.serialize(self)
    }

    no_keys! {
        serialize_bytes(&[u8]) -> String;
        serialize_none() -> String;
        serialize_unit() -> String;
        serialize_unit_struct(&'static str) -> String;
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> KeyResult {
        Err(ValueError::new(Unrecordable::Key))
    }
}
