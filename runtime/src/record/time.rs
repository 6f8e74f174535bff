//! The record's time in RFC 3339 with nanoseconds: `2026-05-01T09:30:00.000000000Z`.
//!
//! Written by hand because it is on the path of every record: chrono's own form through serde takes
//! about 180 ns, this one about 10.

use std::borrow::Cow;

use chrono::{Datelike, SecondsFormat, Timelike};
use serde::{Deserialize, Deserializer, Serializer, de};

use super::Timestamp;
use super::line::{Room, two_digits};

const LENGTH: usize = "0000-00-00T00:00:00.000000000Z".len();

pub(super) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    match format(at) {
        Some(text) => serializer.serialize_str(std::str::from_utf8(&text).expect("digits and separators are ASCII")),
        None => serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Nanos, true)),
    }
}

/// The text of a time as records have it.
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "what is written by hand is ASCII")]
pub fn text(at: &Timestamp) -> String {
    match format(at) {
        Some(text) => std::str::from_utf8(&text).expect("digits and separators are ASCII").to_owned(),
        None => at.to_rfc3339_opts(SecondsFormat::Nanos, true),
    }
}

/// Without serde, and without quotes.
#[inline]
pub(super) fn write<'r>(at: &Timestamp, room: Room<'r>) -> Option<Room<'r>> {
    match format(at) {
        Some(text) => room.put(&text),
        None => room.put_all(at.to_rfc3339_opts(SecondsFormat::Nanos, true).as_bytes()),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    // RFC 3339 ends with the year 9999; later ones carry a sign, as in ISO 8601.
    let read = if text.starts_with(['+', '-']) {
        text.parse()
    } else {
        chrono::DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc())
    };
    read.map_err(|error| de::Error::custom(format_args!("`{text}` is not a time of RFC 3339: {error}")))
}

/// Nothing for what has no such form: a year of other than four digits, a leap second.
#[inline]
fn format(at: &Timestamp) -> Option<[u8; LENGTH]> {
    let local = at.naive_utc();
    let year = u32::try_from(local.year()).ok().filter(|year| *year <= 9999)?;
    let nanos = Some(local.nanosecond()).filter(|nanos| *nanos < 1_000_000_000)?;
    let mut text = *b"0000-00-00T00:00:00.000000000Z";
    let pairs = [
        (0, year / 100),
        (2, year),
        (5, local.month()),
        (8, local.day()),
        (11, local.hour()),
        (14, local.minute()),
        (17, local.second()),
        (20, nanos / 10_000_000),
        (22, nanos / 100_000),
        (24, nanos / 1000),
        (26, nanos / 10),
    ];
    for (place, number) in pairs {
        text[place..place + 2].copy_from_slice(&two_digits(number));
    }
    text[28] += (nanos % 10) as u8;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_chrono() {
        let mut seconds = -62_167_219_200_i64; // the year 0
        while seconds < 253_402_300_800 {
            let nanos = seconds.unsigned_abs() % 1_000_000_007 % 1_000_000_000;
            let at = Timestamp::from_timestamp(seconds, u32::try_from(nanos).expect("below 1e9")).expect("in range");
            let text = format(&at).expect("a year of four digits");
            assert_eq!(std::str::from_utf8(&text).expect("ASCII"), at.to_rfc3339_opts(SecondsFormat::Nanos, true));
            seconds += 9_876_543;
        }
    }

    #[test]
    fn leaves_what_has_no_such_form_to_chrono() {
        let leap = Timestamp::from_timestamp(1_483_228_799, 1_500_000_000).expect("a leap second");
        let far = Timestamp::from_timestamp(300_000_000_000, 0).expect("the year 11476");
        assert!(format(&leap).is_none() && format(&far).is_none());
        for at in [leap, far] {
            let mut json = Vec::new();
            serialize(&at, &mut serde_json::Serializer::new(&mut json)).expect("a text");
            let read = deserialize(&mut serde_json::Deserializer::from_slice(&json)).expect("the same time");
            assert_eq!(read, at);
        }
    }
}
