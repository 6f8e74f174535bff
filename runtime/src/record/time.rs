//! The record's time in RFC 3339 with nanoseconds: `2026-05-01T09:30:00.000000000Z`. One rule for every reader and
//! writer: the years 0 to 9999, and no leap second.

use std::borrow::Cow;

use chrono::{Datelike, SecondsFormat, Timelike};
use serde::{Deserialize, Deserializer, Serializer, de};

use super::Printable;
use super::Timestamp;
use super::value::{Unrecordable, ValueError};

pub(super) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(at))
}

/// The text of a time as records have it.
#[must_use]
pub(crate) fn text(at: &Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Nanos, true)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    let read = chrono::DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc());
    let at = read.map_err(|error| {
        de::Error::custom(format_args!("`{}` is not a time of RFC 3339: {error}", Printable(&text)))
    })?;
    check(&at).map_err(de::Error::custom)?;
    Ok(at)
}

/// Rejects a time that some readers cannot hold.
pub(crate) fn check(at: &Timestamp) -> Result<(), ValueError> {
    let refuse = |why: fn(String) -> Unrecordable| Err(ValueError::new(why(at.to_rfc3339())).within("at"));
    if !(0..=9999).contains(&at.year()) {
        refuse(Unrecordable::Year)
    } else if at.nanosecond() >= 1_000_000_000 {
        refuse(Unrecordable::LeapSecond)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_outside_the_rule_is_refused_by_name_and_not_read() {
        let leap = Timestamp::from_timestamp(1_483_228_799, 1_500_000_000).expect("a leap second");
        let far = Timestamp::from_timestamp(253_402_300_800, 0).expect("the year 10000");
        let before = Timestamp::from_timestamp(-62_167_219_201, 0).expect("the year -1");
        for (at, words) in [
            (
                leap,
                "`at` cannot be recorded: 2016-12-31T23:59:60.500+00:00 is a leap second; use the second before or after it",
            ),
            (far, "`at` cannot be recorded: +10000-01-01T00:00:00+00:00 is outside the years 0 to 9999"),
            (before, "`at` cannot be recorded: -0001-12-31T23:59:59+00:00 is outside the years 0 to 9999"),
        ] {
            assert_eq!(check(&at).expect_err("it is outside the rule").to_string(), words);
            let json = format!("\"{}\"", at.to_rfc3339_opts(SecondsFormat::Nanos, true));
            assert!(deserialize(&mut serde_json::Deserializer::from_str(&json)).is_err(), "{json}");
        }
        for seconds in [-62_167_219_200, 253_402_300_799] {
            let at = Timestamp::from_timestamp(seconds, 999_999_999).expect("in range");
            assert_eq!(check(&at), Ok(()));
        }
    }
}
