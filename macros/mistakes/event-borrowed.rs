// An event that borrows a property.

use serde::Serialize;
use tollgate::{Event, Record};

#[derive(Event, Serialize)]
struct CreateTable<'a> {
//                ^^^^ `CreateTable` is generic, and an event is not: one name stands for one list of properties; say the type of each, and own what is borrowed
    database: &'a str,
    table: String,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { database: "town", table: "trees".into() };
    let event = event.occurred().by("ann").commit(&mut log).unwrap();
    println!("{}", event.database);
}
