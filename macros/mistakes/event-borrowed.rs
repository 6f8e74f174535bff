// An event that borrows a property.

use serde::Serialize;
use tollgate::{Event, Record};

#[derive(Event, Serialize)]
struct CreateTable<'a> {
//                ^^^^ `CreateTable` is generic, and an event cannot be; write the type of each property, and own borrowed data
    database: &'a str,
    table: String,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { database: "town", table: "trees".into() };
    let event = event.occurred().by("ann").commit(&mut log).unwrap();
    println!("{}", event.database);
}
