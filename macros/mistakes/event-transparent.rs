// An event that is another type in its serde form.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
#[serde(transparent)]
//      ^^^^^^^^^^^ the properties of `CreateTable` must be its fields, but `transparent` writes something else; leave it out
struct CreateTable {
    table: String,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { table: "trees".into() }.occurred().by("ann").commit(&mut log).unwrap();
    println!("{}", event.table);
}
