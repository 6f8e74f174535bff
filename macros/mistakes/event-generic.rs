// An event for any type of a property.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
struct CreateTable<T> {
//                ^^^ `CreateTable` is generic, and an event is not: one name stands for one list of properties; say the type of each, and own what is borrowed
    database: String,
    table: T,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { database: "town".into(), table: 7 }.occurred().by("ann").commit(&mut log).unwrap();
    println!("{}", event.database);
}
