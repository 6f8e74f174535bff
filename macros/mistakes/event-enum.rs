// An event that is an enum.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
enum Change {
    Created { table: String },
    Dropped { table: String },
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = Change::Created { table: "trees".into() };
    let _ = event.occurred().by("ann").commit(&mut log).unwrap();
    let _ = Change::Dropped { table: Change::TYPE.name.into() };
}
