// An event that is an enum.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
pub enum Change {
//  ^^^^ an event must be a struct, but this is an enum; write a struct for each event
    Created { table: String },
    Dropped { table: String },
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = Change::Created { table: "trees".into() };
    let _ = event.occurred().by("ann").commit(&mut log).unwrap();
    let _ = Change::Dropped { table: Change::TYPE.name.into() };
}
