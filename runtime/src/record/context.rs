//! The context of a record: an ordered map of JSON values.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use super::value::{self, JsonPath, StrictValue, ValueError, check_key, to_value};
use super::{Printable, binary, line};

/// The context of a record, such as an IP address or a request id: JSON values, in the order of their keys.
///
/// A sorted vector rather than a `BTreeMap`: most contexts hold none to five entries, and an empty
/// vector is free to build and to drop, which a step without an audit must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context(Vec<(Cow<'static, str>, Value)>);

impl Context {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns whether it has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the value under this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        let position = self.position(key).ok()?;
        Some(&self.0[position].1)
    }

    /// Returns the entries in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.0.iter_mut().map(|(key, value)| (&**key, value))
    }

    pub(crate) fn into_entries(self) -> impl Iterator<Item = (Cow<'static, str>, Value)> {
        self.0.into_iter()
    }

    /// Sets a value, in the form that serde gives it, and returns the earlier value of the key.
    ///
    /// # Errors
    ///
    /// Returns [`ValueError`] if a record cannot hold the value. The context is then unchanged.
    pub fn insert(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        value: impl Serialize,
    ) -> Result<Option<Value>, ValueError> {
        let key = key.into();
        let value = entry(&key, &value)?;
        Ok(self.set(key, value))
    }

    /// Returns the entries as a canonical JSON object, as a record's line holds them.
    #[must_use]
    pub fn canonical(&self) -> String {
        line::canonical_context(self)
    }

    pub(super) fn check(&self) -> Result<(), ValueError> {
        self.iter().try_for_each(|(key, entry)| {
            check_key(key).and_then(|()| value::check(entry)).map_err(|error| error.within(key))
        })
    }

    /// Sets a value that a record can hold.
    pub(crate) fn set(&mut self, key: Cow<'static, str>, value: Value) -> Option<Value> {
        match self.position(&key) {
            Ok(position) => Some(std::mem::replace(&mut self.0[position].1, value)),
            Err(position) => {
                self.0.insert(position, (key, value));
                None
            }
        }
    }

    fn position(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(held, _)| held.as_ref().cmp(key))
    }
}

/// Returns the value of an entry, if a record can hold it under this key.
fn entry(key: &str, value: &impl Serialize) -> Result<Value, ValueError> {
    check_key(key).and_then(|()| to_value(value)).map_err(|error| error.within(key))
}

/// A context under construction. It keeps the first value that a record cannot hold, which the commit refuses.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContextDraft {
    context: Context,
    refused: Vec<(Cow<'static, str>, ValueError)>,
}

impl ContextDraft {
    pub(crate) const fn new() -> Self {
        Self { context: Context::new(), refused: Vec::new() }
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn into_context(self) -> Context {
        self.context
    }

    /// Sets a value, which replaces an earlier one of the key.
    pub(crate) fn set(&mut self, key: impl Into<Cow<'static, str>>, value: impl Serialize) {
        let key = key.into();
        self.refused.retain(|(refused, _)| *refused != key);
        match entry(&key, &value) {
            Ok(value) => drop(self.context.set(key, value)),
            Err(error) => self.refused.push((key, error.within("context"))),
        }
    }

    /// Copies the entries of the other whose keys this one lacks.
    pub(crate) fn fill_from(&mut self, other: &Self) {
        for (key, error) in &other.refused {
            if !self.has(key) {
                self.refused.push((key.clone(), error.clone()));
            }
        }
        for (key, value) in &other.context.0 {
            if !self.has(key) {
                self.context.set(key.clone(), value.clone());
            }
        }
    }

    /// Returns whether it has a key that the context lacks.
    pub(crate) fn is_open(&self, context: &Context) -> bool {
        self.context.iter().any(|(key, _)| context.get(key).is_none())
    }

    /// Returns whether the key was set, if only to a value that a record cannot hold.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.context.get(key).is_some() || self.refused.iter().any(|(refused, _)| refused == key)
    }

    /// Rejects a context with a value that a record cannot hold.
    #[inline]
    pub(crate) fn check(&self) -> Result<(), ValueError> {
        self.refused.first().map_or(Ok(()), |(_, error)| Err(error.clone()))
    }
}

impl From<Context> for ContextDraft {
    fn from(context: Context) -> Self {
        Self { context, refused: Vec::new() }
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_map(self.iter())
        } else {
            binary::serialize(self, serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ContextVisitor;

        impl<'de> Visitor<'de> for ContextVisitor {
            type Value = Context;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map of JSON values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Context, A::Error> {
                let mut context = Context::new();
                while let Some(key) = entries.next_key::<String>()? {
                    if context.get(&key).is_some() {
                        return Err(de::Error::custom(format_args!("the context names `{}` twice", Printable(&key))));
                    }
                    let value = entries.next_value_seed(StrictValue(JsonPath::Key(&JsonPath::Root, &key)))?;
                    let value = check_key(&key).and_then(|()| value::normalize(value));
                    let value = value.map_err(|error| de::Error::custom(error.within(&key)))?;
                    context.set(key.into(), value);
                }
                Ok(context)
            }
        }

        if deserializer.is_human_readable() {
            deserializer.deserialize_map(ContextVisitor)
        } else {
            binary::deserialize(deserializer)
        }
    }
}
