// A redacted property in another form, without a default.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
struct CreateTable {
    database: String,
    table: String,
    #[event(redact)]
    #[serde(with = "as_text")]
//          ^^^^ `key` is not recorded, and its default is unknown because of `with`; add `#[serde(default)]`
    key: u64,
}

mod as_text {
    pub fn serialize<S: serde::Serializer>(key: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(key)
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text: String = serde::Deserialize::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { database: "town".into(), table: "trees".into(), key: 7 };
    let event = event.occurred().by("ann").commit(&mut log).unwrap();
    println!("{}", event.key);
}
