//! The id of a subject or an actor: an integer, a UUID or a text.

use std::borrow::Cow;
use std::fmt;
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64,
    NonZeroUsize,
};
use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use super::{Printable, binary};

/// The id of a subject or an actor: an integer, a UUID or a text. It keeps its kind when it is written and read.
///
/// `From` converts an integer of up to 64 bits (`NonZero` too), a [`Uuid`], or a text: `&str`, `String`, `char`, a `Cow`, or
/// `str` in a `Box`, `Rc` or `Arc`. `TryFrom` converts a `u128` or an `i128`. A text in the canonical form of a UUID (36
/// characters, lower case, hyphens) *is* that UUID, so that an id is the same before it is written as JSON and after it is
/// read back.
///
/// For your own id type, write `impl From<&OrderId> for Id`, which `#[derive(Subject)]` uses, and
/// `impl From<OrderId> for Id`, which `create` of a machine without a subject uses.
///
/// ```
/// use tollgate::Id;
///
/// assert_eq!(Id::from(7_u64).to_string(), "7");
/// assert_eq!(Id::from("order-7").as_str(), Some("order-7"));
/// assert!(Id::from("00000000-0000-7000-8000-000000000007").as_uuid().is_some());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub(super) IdValue);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum IdValue {
    Integer(i64),
    /// Only integers that do not fit an `i64`, so that equal numbers are equal ids.
    Large(u64),
    Uuid(Uuid),
    /// Shared, because every record of a subject carries a copy.
    Text(Arc<str>),
}

impl Id {
    /// Returns the integer, if the id is one that fits an `i64`.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            IdValue::Integer(integer) => Some(integer),
            _ => None,
        }
    }

    /// Returns the integer, if the id is one that is not negative.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self.0 {
            IdValue::Integer(integer) => integer.try_into().ok(),
            IdValue::Large(integer) => Some(integer),
            _ => None,
        }
    }

    /// Returns the UUID, if the id is one.
    #[must_use]
    pub fn as_uuid(&self) -> Option<Uuid> {
        match self.0 {
            IdValue::Uuid(uuid) => Some(uuid),
            _ => None,
        }
    }

    /// Returns the text, if the id is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            IdValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns whether the id is a text without a visible character.
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
        Id(canonical_uuid(text).map_or_else(|| IdValue::Text(text.into()), IdValue::Uuid))
    }
}

macro_rules! id_from_text {
    ($($text:ty)*) => {$(
        impl From<$text> for Id {
            fn from(text: $text) -> Self {
                let text: &str = text.as_ref();
                text.into()
            }
        }
    )*};
}

id_from_text!(String &String Cow<'_, str> &Cow<'_, str> Box<str> &Box<str> Rc<str> &Rc<str> &Arc<str>);

impl From<Arc<str>> for Id {
    fn from(text: Arc<str>) -> Self {
        Id(canonical_uuid(&text).map_or(IdValue::Text(text), IdValue::Uuid))
    }
}

impl From<char> for Id {
    fn from(character: char) -> Self {
        (&*character.encode_utf8(&mut [0; 4])).into()
    }
}

impl From<Uuid> for Id {
    #[inline]
    fn from(uuid: Uuid) -> Self {
        Id(IdValue::Uuid(uuid))
    }
}

impl From<u64> for Id {
    #[inline]
    fn from(integer: u64) -> Self {
        Id(i64::try_from(integer).map_or(IdValue::Large(integer), IdValue::Integer))
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
                Id(IdValue::Integer(integer.into()))
            }
        }
    )*};
}

id_from_integer!(i8 i16 i32 i64 u8 u16 u32);

impl From<isize> for Id {
    #[inline]
    fn from(integer: isize) -> Self {
        (integer as i64).into()
    }
}

macro_rules! id_from_non_zero {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Id {
            #[inline]
            fn from(integer: $integer) -> Self {
                integer.get().into()
            }
        }
    )*};
}

id_from_non_zero!(
    NonZeroI8 NonZeroI16 NonZeroI32 NonZeroI64 NonZeroIsize NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroUsize
);

/// The error of a conversion into an [`Id`]: the integer needs more than 64 bits.
///
/// ```
/// use tollgate::Id;
///
/// assert_eq!(Id::try_from(7_u128)?, Id::from(7));
/// let error = Id::try_from(u128::MAX).expect_err("128 bits");
/// assert_eq!(
///     error.to_string(),
///     "`340282366920938463463374607431768211455` does not fit an id, whose integers have up to 64 bits; \
///      use `Uuid::from_u128` or a text",
/// );
/// # Ok::<(), tollgate::IdTooLarge>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{integer}` does not fit an id, whose integers have up to 64 bits; use `Uuid::from_u128` or a text")]
#[non_exhaustive]
pub struct IdTooLarge {
    /// The integer, in decimal digits.
    pub integer: String,
}

macro_rules! id_from_large_integer {
    ($($integer:ty)*) => {$(
        impl TryFrom<$integer> for Id {
            type Error = IdTooLarge;

            fn try_from(integer: $integer) -> Result<Self, IdTooLarge> {
                let signed = i64::try_from(integer).map(Id::from);
                let fits = signed.or_else(|_| u64::try_from(integer).map(Id::from));
                fits.map_err(|_| IdTooLarge { integer: integer.to_string() })
            }
        }
    )*};
}

id_from_large_integer!(u128 i128);

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

// `#[derive(Subject)]` has a reference to the field.
id_from_reference!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize Uuid &str char);
id_from_reference!(
    NonZeroI8 NonZeroI16 NonZeroI32 NonZeroI64 NonZeroIsize NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroUsize
);

/// A type that can be the field `#[subject(id)]` of a subject: a reference to it converts into an [`Id`].
///
/// Do not implement it: write `impl From<&OrderId> for Id`. Use the trait to bound the type of a generic subject's field.
///
/// ```
/// use tollgate::{Id, IdField, Subject};
///
/// #[derive(Subject)]
/// struct Book<I: IdField>(#[subject(id)] I);
///
/// assert_eq!(Book(7_u64).id(), Id::from(7));
/// assert_eq!(Book("978-0-13").id(), Id::from("978-0-13"));
/// ```
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` cannot be the id of a subject",
    label = "no `Id` can be made from it",
    note = "an id is an integer of up to 64 bits (`NonZero` too), a text (`String`, `&str`, `Cow<str>`, `char`, `str` in a \
            `Box`, `Rc` or `Arc`), a `Uuid` or a `tollgate::Id`",
    note = "for a type of your own, write `impl From<&YourId> for tollgate::Id`",
    note = "a number of 128 bits is kept as a `Uuid`, by `Uuid::from_u128`, or as a text"
)]
pub trait IdField {
    /// Returns the id.
    fn to_id(&self) -> Id;
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> IdField for T
where
    for<'a> &'a T: Into<Id>,
{
    #[inline]
    fn to_id(&self) -> Id {
        self.into()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            IdValue::Integer(integer) => integer.fmt(formatter),
            IdValue::Large(integer) => integer.fmt(formatter),
            IdValue::Uuid(uuid) => uuid.fmt(formatter),
            IdValue::Text(text) => Printable(text).fmt(formatter),
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            IdValue::Text(text) => fmt::Debug::fmt(text, formatter),
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
            IdValue::Integer(integer) => serializer.serialize_i64(*integer),
            IdValue::Large(integer) => serializer.serialize_u64(*integer),
            IdValue::Uuid(uuid) => serializer.serialize_str(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer())),
            IdValue::Text(text) => serializer.serialize_str(text),
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
