// An event that borrows a property.

use serde::Serialize;
use tollgate::{Event, Record};

#[derive(Event, Serialize)]
struct CreateTable<'a> {
//                ^^^^ `CreateTable` is generic, but an event cannot be generic; use concrete types that own their data
    database: &'a str,
    table: String,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { database: "town", table: "trees".into() };
    let event = event.occurred().by("ann").commit(&mut log).unwrap();
    println!("{}", event.database);
}
