//! A hub cannot deliver an event that does not implement `Deserialize`.

use serde::Serialize;
use tollgate::{Event, Hub};

#[derive(Event, Serialize)]
struct CreateTable {
    table: String,
}

fn main() {
    let mut hub = Hub::new();
    let _ = hub.on::<CreateTable>(|event, _| println!("{}", event.table));
}
