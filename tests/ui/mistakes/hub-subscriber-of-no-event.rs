//! A struct that does not derive `Event` is not an event.

use serde::{Deserialize, Serialize};
use tollgate::Hub;

#[derive(Serialize, Deserialize)]
struct CreateTable {
    table: String,
}

fn main() {
    let mut hub = Hub::new();
    let _ = hub.on::<CreateTable>(|event, _| println!("{}", event.table));
    let _ = hub.register::<CreateTable>();
}
