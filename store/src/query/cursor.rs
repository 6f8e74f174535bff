//! The cursor: the place at which a page ends.

use std::fmt;
use std::str::FromStr;

use tollgate::serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tollgate::uuid::Uuid;

use crate::Error;
use crate::schema::sql::Order;

/// The place at which a page ended; [`after`](crate::Records::after) continues from it.
///
/// A cursor is a text that a URL can contain. It belongs to the order of its query: a query in another order refuses it. It
/// remains usable when more records are written.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tollgate_store::Cursor;
///
/// let cursor: Cursor = "after-12".parse()?;
/// assert_eq!(cursor.to_string(), "after-12");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor {
    pub(crate) newest_first: bool,
    pub(crate) position: CursorPosition,
}

/// A place in one of the orders of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum CursorPosition {
    Id(Uuid),
    Version(i64),
}

/// The error for a text that is not a cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a cursor; use the `next` of a page")]
pub struct NotACursor {
    text: String,
}

impl Cursor {
    /// Returns the position, if it belongs to this order.
    pub(crate) fn position_in(&self, order: Order, newest_first: bool) -> Result<CursorPosition, Error> {
        let is_of_order = match self.position {
            CursorPosition::Id(_) => order == Order::Id,
            CursorPosition::Version(_) => order == Order::Version,
        };
        if is_of_order && self.newest_first == newest_first {
            return Ok(self.position);
        }
        Err(Error::Query(format!(
            "the cursor `{self}` is of a query in another order; start this query without a cursor"
        )))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.newest_first { "before-" } else { "after-" })?;
        match self.position {
            CursorPosition::Id(id) => id.simple().fmt(formatter),
            CursorPosition::Version(version) => version.fmt(formatter),
        }
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let cursor = || {
            let (direction, position) = text.split_once('-')?;
            let newest_first = match direction {
                "after" => false,
                "before" => true,
                _ => return None,
            };
            // No version has 32 digits.
            let position = match position.len() {
                32 => CursorPosition::Id(Uuid::try_parse(position).ok()?),
                _ => CursorPosition::Version(position.parse().ok()?),
            };
            Some(Cursor { newest_first, position })
        };
        cursor().ok_or_else(|| NotACursor { text: text.to_owned() })
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use tollgate::uuid::Uuid;

    use super::{Cursor, CursorPosition};

    #[test]
    fn cursor_as_text_and_json_is_read_back_and_other_text_is_refused() -> Result<(), Box<dyn std::error::Error>> {
        for position in [
            CursorPosition::Id(Uuid::from_u128(7)),
            CursorPosition::Id(Uuid::max()),
            CursorPosition::Version(1),
            CursorPosition::Version(i64::MAX),
        ] {
            for newest_first in [false, true] {
                let cursor = Cursor { newest_first, position };
                let text = cursor.to_string();
                assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{text}");
                assert_eq!(text.parse::<Cursor>()?, cursor);
                assert_eq!(serde_json::from_str::<Cursor>(&serde_json::to_string(&cursor)?)?, cursor);
            }
        }
        for text in ["", "after", "after-", "later-7", "after-x", "before-0000000000000000000000000000000g"] {
            let error = text.parse::<Cursor>().expect_err("it is refused");
            assert_eq!(error.to_string(), format!("`{text}` is not a cursor; use the `next` of a page"));
        }
        Ok(())
    }
}
