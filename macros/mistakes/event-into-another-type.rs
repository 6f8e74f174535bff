// An event that is written as another type.

use serde::Serialize;
use tollgate::{Event, Record};

#[derive(Clone, Event, Serialize)]
#[serde(into = "String")]
//      ^^^^ the properties of `CreateTable` must be its fields, but `into` writes something else; leave it out
struct CreateTable {
    table: String,
}

impl From<CreateTable> for String {
    fn from(event: CreateTable) -> Self {
        event.table
    }
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { table: "trees".into() }.occurred().by("ann").commit(&mut log).unwrap();
    println!("{}", event.table);
}
