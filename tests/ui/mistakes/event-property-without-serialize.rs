// A skipped property whose type is not Serialize: serde still requires it.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
struct CreateTable {
    database: String,
    table: String,
    #[event(skip)]
    cache: Cache,
}

#[derive(Default, Deserialize)]
struct Cache {
    hits: u64,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { database: "town".into(), table: "trees".into(), cache: Cache { hits: 1 } };
    let event = event.occurred().by("ann").commit(&mut log).unwrap();
    println!("{}", event.cache.hits);
}
