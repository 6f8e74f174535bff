//! Binary formats (MessagePack, CBOR, bincode), in which a record and its parts are stored as their JSON text.
//!
//! Such a format may write a struct as a list without names, from which a reader cannot find out which of the optional
//! fields are missing; or it may not hold the type of a value. The JSON text is read back from each of them.

use serde::de::{self, Deserialize, DeserializeOwned, Deserializer};
use serde::ser::{self, Serialize, Serializer};

pub(super) fn serialize<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&serde_json::to_string(value).map_err(ser::Error::custom)?)
}

pub(super) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    serde_json::from_str(&text).map_err(de::Error::custom)
}
