// A struct that is not declared as an event.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Serialize, Deserialize)]
struct CreateTable {
    table: String,
}

fn commit<E: Event>(event: E) -> &'static str {
    drop(event);
    E::TYPE.name
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    println!("{}", commit(CreateTable { table: "trees".into() }));
    log.clear();
}
