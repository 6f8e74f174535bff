// Five mistakes in one event: each is reported.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
#[event(nme = "create", requires(acto))]
struct CreateTable {
    #[event(skip, redact)]
    database: String,
    #[event(redacted)]
    #[serde(rename = "schema")]
    table: String,
    schema: String,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { database: "town".into(), table: "trees".into(), schema: String::new() };
    let event = event.occurred().by("ann").commit(&mut log).unwrap();
    println!("{} {}", event.table, event.schema);
}
