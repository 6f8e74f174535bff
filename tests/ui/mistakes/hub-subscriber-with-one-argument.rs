//! A subscriber takes the event and its record.

use tollgate::Hub;
use tollgate::events::CreateTable;

fn main() {
    let mut hub = Hub::new();
    let _ = hub.on::<CreateTable>(|event| println!("{}", event.table));
}
