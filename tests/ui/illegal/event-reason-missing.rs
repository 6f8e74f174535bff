// An event without the reason that it requires.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
#[event(requires(actor, reason))]
struct CreateTable {
    database: String,
    table: String,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { database: "town".into(), table: "trees".into() };
    let _ = event.occurred().by("ann").commit(&mut log);
}
