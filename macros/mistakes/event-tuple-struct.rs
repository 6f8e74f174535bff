// Properties without names.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
struct CreateTable(String, String);
//                ^^^^^^^^^^^^^^^^ an event cannot be a tuple struct; write `struct CreateTable { .. }`

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable("town".into(), "trees".into()).occurred().by("ann").commit(&mut log).unwrap();
    println!("{}", event.0);
}
