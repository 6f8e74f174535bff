// Properties without names.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
struct CreateTable(String, String);
//                ^^^^^^^^^^^^^^^^ the properties of an event have names, but these fields have none; write `struct CreateTable { .. }`

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable("town".into(), "trees".into()).occurred().by("ann").commit(&mut log).unwrap();
    println!("{}", event.0);
}
