//! What names a subject or an actor: an integer, a UUID or a text.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use super::{Printable, binary};

/// The name of a subject or an actor: an integer, a UUID or a text, and it stays what it is.
///
/// It is made from any integer up to 64 bits, from a [`Uuid`], a `&str` or a `String`. A text in the
/// canonical form of a UUID (36 characters, lower case, hyphens) *is* that UUID, so that an id means
/// the same before it is written as JSON and after it is read back.
///
/// ```
/// use tollgate::Id;
///
/// assert_eq!(Id::from(7_u64).to_string(), "7");
/// assert_eq!(Id::from("order-7").as_str(), Some("order-7"));
/// assert!(Id::from("00000000-0000-7000-8000-000000000007").as_uuid().is_some());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub(super) Name);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Name {
    Integer(i64),
    /// Only what does not fit an `i64`, so that equal numbers are equal ids.
    Large(u64),
    Uuid(Uuid),
    /// Shared, because every record of a subject carries a copy.
    Text(Arc<str>),
}

impl Id {
    /// The integer, where the id is one that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Name::Integer(integer) => Some(integer),
            _ => None,
        }
    }

    /// The integer, where the id is one and is not negative.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self.0 {
            Name::Integer(integer) => integer.try_into().ok(),
            Name::Large(integer) => Some(integer),
            _ => None,
        }
    }

    /// The UUID, where the id is one.
    #[must_use]
    pub fn as_uuid(&self) -> Option<Uuid> {
        match self.0 {
            Name::Uuid(uuid) => Some(uuid),
            _ => None,
        }
    }

    /// The text, where the id is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Name::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the id is a text without a visible character, and so names nobody.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.as_str().is_some_and(|text| text.trim().is_empty())
    }
}

fn canonical_uuid(text: &str) -> Option<Uuid> {
    let is_canonical = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    is_canonical.then(|| Uuid::try_parse(text).ok()).flatten()
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Id(canonical_uuid(text).map_or_else(|| Name::Text(text.into()), Name::Uuid))
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&String> for Id {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<Uuid> for Id {
    #[inline]
    fn from(uuid: Uuid) -> Self {
        Id(Name::Uuid(uuid))
    }
}

impl From<u64> for Id {
    #[inline]
    fn from(integer: u64) -> Self {
        Id(i64::try_from(integer).map_or(Name::Large(integer), Name::Integer))
    }
}

impl From<usize> for Id {
    #[inline]
    fn from(integer: usize) -> Self {
        (integer as u64).into()
    }
}

macro_rules! id_from_integer {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Id {
            #[inline]
            fn from(integer: $integer) -> Self {
                Id(Name::Integer(integer.into()))
            }
        }
    )*};
}

id_from_integer!(i8 i16 i32 i64 u8 u16 u32);

impl From<&Id> for Id {
    #[inline]
    fn from(id: &Id) -> Self {
        id.clone()
    }
}

macro_rules! id_from_reference {
    ($($copied:ty)*) => {$(
        impl From<&$copied> for Id {
            #[inline]
            fn from(name: &$copied) -> Self {
                (*name).into()
            }
        }
    )*};
}

// What `#[derive(Subject)]` calls: it holds a reference to the field.
id_from_reference!(i8 i16 i32 i64 u8 u16 u32 u64 usize Uuid &str);

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Name::Integer(integer) => integer.fmt(formatter),
            Name::Large(integer) => integer.fmt(formatter),
            Name::Uuid(uuid) => uuid.fmt(formatter),
            Name::Text(text) => Printable(text).fmt(formatter),
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Name::Text(text) => fmt::Debug::fmt(text, formatter),
            _ => fmt::Display::fmt(self, formatter),
        }
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return binary::serialize(self, serializer);
        }
        match &self.0 {
            Name::Integer(integer) => serializer.serialize_i64(*integer),
            Name::Large(integer) => serializer.serialize_u64(*integer),
            Name::Uuid(uuid) => serializer.serialize_str(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer())),
            Name::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor;

        impl de::Visitor<'_> for IdVisitor {
            type Value = Id;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an integer, a UUID or a text")
            }

            fn visit_i64<E: de::Error>(self, integer: i64) -> Result<Id, E> {
                Ok(integer.into())
            }

            fn visit_u64<E: de::Error>(self, integer: u64) -> Result<Id, E> {
                Ok(integer.into())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
                Ok(text.into())
            }
        }

        if deserializer.is_human_readable() {
            deserializer.deserialize_any(IdVisitor)
        } else {
            binary::deserialize(deserializer)
        }
    }
}
