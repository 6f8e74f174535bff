//! Reads a value, and rejects an object that has a key twice. `serde_json::Value` keeps the last entry.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::{RESERVED, Unrecordable, ValueError};

/// The path to a value for the error, innermost part first.
#[derive(Clone, Copy)]
pub(crate) enum JsonPath<'a> {
    Root,
    Key(&'a JsonPath<'a>, &'a str),
    Item(&'a JsonPath<'a>, usize),
}

impl JsonPath<'_> {
    /// Returns the path to this key of the object: `order.items[3].id`.
    fn path_to(self, key: &str) -> String {
        let mut path = ValueError::new(Unrecordable::Key).within(key);
        let mut outer_path = self;
        loop {
            (path, outer_path) = match outer_path {
                JsonPath::Root => return path.field,
                JsonPath::Key(outer, key) => (path.within(key), *outer),
                JsonPath::Item(outer, index) => (path.at(index), *outer),
            };
        }
    }
}

/// Reads the value at this path.
pub(crate) struct StrictValue<'a>(pub(crate) JsonPath<'a>);

impl<'de> DeserializeSeed<'de> for StrictValue<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! scalars {
    ($($method:ident: $scalar:ty,)*) => {$(
        fn $method<E: de::Error>(self, scalar: $scalar) -> Result<Value, E> {
            Value::deserialize(scalar.into_deserializer())
        }
    )*};
}

impl<'de> Visitor<'de> for StrictValue<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any valid JSON value")
    }

    scalars! {
        visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64,
        visit_str: &str, visit_string: String,
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(StrictValue(JsonPath::Item(&self.0, list.len())))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            // With `arbitrary_precision`, which only `serde_json` knows of, this is how it passes a number.
            if object.is_empty() && key == RESERVED[0] {
                return Value::deserialize(MapAccessDeserializer::new(WithKey { key: Some(key), rest: entries }));
            }
            match object.entry(key) {
                Entry::Vacant(vacant) => {
                    let place = JsonPath::Key(&self.0, vacant.key());
                    let value = entries.next_value_seed(StrictValue(place))?;
                    vacant.insert(value);
                }
                Entry::Occupied(occupied) => {
                    let path = self.0.path_to(occupied.key());
                    return Err(de::Error::custom(format_args!("`{path}` is given twice")));
                }
            }
        }
        Ok(Value::Object(object))
    }
}

/// A map whose first key has been read.
struct WithKey<A> {
    key: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithKey<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.key.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}
