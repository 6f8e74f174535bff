//! An event that is written and never read has no form in which a hub could hand it on.

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
