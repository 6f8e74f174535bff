// An event with a tag among its properties.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
#[serde(tag = "type")]
struct CreateTable {
    database: String,
    table: String,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { database: "town".into(), table: "trees".into() };
    let event = event.occurred().by("ann").because("spring").commit(&mut log).unwrap();
    println!("{} {}", event.table, CreateTable::from_record(&log[0]).unwrap().is_some());
}
