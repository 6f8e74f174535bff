//! What else was known: an ordered map of JSON values.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

/// What else was known when it happened, such as an ip or a request id: JSON values, in the order of
/// their keys.
///
/// A sorted vector rather than a `BTreeMap`: most contexts hold none to five entries, and an empty
/// vector is free to build and to drop, which a step without an audit must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context(Vec<(Cow<'static, str>, Value)>);

impl Context {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether there is nothing to drop.
    #[inline]
    pub(crate) fn is_unallocated(&self) -> bool {
        self.0.capacity() == 0
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The value under this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        let position = self.position(key).ok()?;
        Some(&self.0[position].1)
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.0.iter_mut().map(|(key, value)| (&**key, value))
    }

    pub(crate) fn into_entries(self) -> impl Iterator<Item = (Cow<'static, str>, Value)> {
        self.0.into_iter()
    }

    /// Takes what the other knows and this does not.
    pub(crate) fn fill_from(&mut self, other: &Self) {
        for (key, value) in &other.0 {
            if let Err(position) = self.position(key) {
                self.0.insert(position, (key.clone(), value.clone()));
            }
        }
    }

    /// Sets a value and gives back what the key held before.
    pub fn insert(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
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

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
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
                while let Some((key, value)) = entries.next_entry::<String, Value>()? {
                    if context.get(&key).is_some() {
                        return Err(de::Error::custom(format_args!("the context names `{key}` twice")));
                    }
                    context.insert(key, value);
                }
                Ok(context)
            }
        }

        deserializer.deserialize_map(ContextVisitor)
    }
}
