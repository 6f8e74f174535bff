// An event for any type of a property.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
struct CreateTable<T> {
//                ^^^ `CreateTable` is generic, but an event cannot be generic; use concrete types that own their data
    database: String,
    table: T,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { database: "town".into(), table: 7 }.occurred().by("ann").commit(&mut log).unwrap();
    println!("{}", event.database);
}
