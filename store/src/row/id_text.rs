//! Ids as text: one column for integers, UUIDs and texts, and none is taken for another.

use std::borrow::Cow;

use tollgate::Id;

/// Returns the text of an id, as the columns `subject` and `actor` have it.
///
/// Integers and UUIDs are written as they are. A text is too, unless it would read as an integer or begins with a
/// double quote: then it is written as a JSON string.
pub(crate) fn to_text(id: &Id) -> Cow<'_, str> {
    match id.as_str() {
        Some(text) if is_integer(text) || text.starts_with('"') => serde_json::Value::from(text).to_string().into(),
        Some(text) => text.into(),
        None => id.to_string().into(),
    }
}

/// The id of a text that [`to_text`] wrote.
pub(crate) fn from_text(text: &str) -> Id {
    if text.starts_with('"') {
        return serde_json::from_str::<String>(text).map_or_else(|_| text.into(), Id::from);
    }
    text.parse::<i64>()
        .ok()
        .filter(|_| is_integer(text))
        .map(Id::from)
        .or_else(|| text.parse::<u64>().ok().filter(|_| is_integer(text)).map(Id::from))
        .unwrap_or_else(|| text.into())
}

/// Whether this is how an integer is written that an id can hold.
fn is_integer(text: &str) -> bool {
    let is_same = |written: String| written == text;
    text.parse::<i64>().map(|integer| integer.to_string()).is_ok_and(is_same)
        || text.parse::<u64>().map(|integer| integer.to_string()).is_ok_and(is_same)
}

#[cfg(test)]
mod tests {
    use tollgate::Id;
    use tollgate::uuid::Uuid;

    use super::{from_text, to_text};

    #[test]
    fn id_as_text_is_read_back_and_no_two_ids_share_a_text() {
        let ids = [
            Id::from(7),
            Id::from(-7),
            Id::from(u64::MAX),
            Id::from(i64::MIN),
            Id::from("7"),
            Id::from("-7"),
            Id::from("+7"),
            Id::from("07"),
            Id::from("18446744073709551615"),
            Id::from("18446744073709551616"),
            Id::from(""),
            Id::from("\"7\""),
            Id::from("\""),
            Id::from("order-7"),
            Id::from(Uuid::nil()),
            Id::from("00000000-0000-0000-0000-00000000000A"),
        ];
        let texts: std::collections::HashSet<_> = ids.iter().map(|id| to_text(id).into_owned()).collect();
        assert_eq!(texts.len(), ids.len());
        for id in ids {
            assert_eq!(from_text(&to_text(&id)), id);
        }
    }
}
