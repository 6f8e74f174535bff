// The name of a property that changes the direction of a catalog's text.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
struct CreateTable {
    #[serde(rename = "data\u{202e}base")]
    database: String,
    table: String,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { database: "town".into(), table: "trees".into() };
    let event = event.occurred().by("ann").because("spring").commit(&mut log).unwrap();
    println!("{} {}", event.table, CreateTable::from_record(&log[0]).unwrap().is_some());
}
