//! The fields of a record as serde writes and reads them, in their order on the wire.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::de::DeserializeSeed;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::Value;
use uuid::Uuid;

use super::value::{JsonPath, StrictValue, Unrecordable, ValueError};
use super::{Actor, Context, Digest, Record, RecordKind, SubjectRef, binary, time, value};

/// [`Record`] for a format with names. Its fields are those of the record, with what serde must know of each.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Record", deny_unknown_fields)]
struct WireRecord {
    v: WireVersion,
    id: Uuid,
    #[serde(with = "time")]
    at: DateTime<Utc>,
    kind: RecordKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<SubjectRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    machine: Option<Cow<'static, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chart: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transition: Option<Cow<'static, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Cow<'static, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Cow<'static, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor: Option<Actor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Context::is_empty")]
    context: Context,
    #[serde(default, skip_serializing_if = "Context::is_empty")]
    parameters: Context,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "data")]
    data: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "ascending")]
    personal: Vec<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prev: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<Cow<'static, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "properties")]
    properties: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused_by: Option<Cow<'static, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    #[serde(default, skip_serializing)]
    prev_line: PrevLine,
}

impl Serialize for Record {
    /// Rejects a record that could not be read back.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.check().map_err(ser::Error::custom)?;
        if serializer.is_human_readable() {
            WireRecord::serialize(self, serializer)
        } else {
            binary::serialize(self, serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            WireRecord::deserialize(deserializer)
        } else {
            binary::deserialize(deserializer)
        }
    }
}

/// The wire version: always 1 in memory, checked when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WireVersion;

impl Serialize for WireVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(Record::WIRE_VERSION)
    }
}

impl<'de> Deserialize<'de> for WireVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            version if version == u64::from(Record::WIRE_VERSION) => Ok(WireVersion),
            other => Err(de::Error::custom(format_args!(
                "the record has wire version {other}; this build reads version {}",
                Record::WIRE_VERSION
            ))),
        }
    }
}

/// The digest of the previous line, which each line of a durable file has. It belongs to the line, not to the record, so
/// it is read and dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PrevLine;

impl<'de> Deserialize<'de> for PrevLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Digest::deserialize(deserializer).map(|_| PrevLine)
    }
}

fn data<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    present(deserializer, "data")
}

fn properties<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    present(deserializer, "properties")
}

/// Distinguishes JSON's `null` from an absent value, and rejects a value that a record cannot hold.
fn present<'de, D: Deserializer<'de>>(deserializer: D, field: &str) -> Result<Option<Value>, D::Error> {
    let value = StrictValue(JsonPath::Key(&JsonPath::Root, field)).deserialize(deserializer)?;
    let value = value::normalize(value);
    value.map(Some).map_err(|error| de::Error::custom(error.within(field)))
}

/// Digests of personal values are in ascending order, so that their order reveals nothing.
pub(super) fn check_ascending(digests: &[Digest]) -> Result<(), ValueError> {
    if digests.is_sorted_by(|one, next| one < next) { Ok(()) } else { Err(ValueError::new(Unrecordable::NotAscending)) }
}

fn ascending<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Digest>, D::Error> {
    let digests = Vec::<Digest>::deserialize(deserializer)?;
    check_ascending(&digests).map_err(|error| de::Error::custom(error.within("personal")))?;
    Ok(digests)
}
