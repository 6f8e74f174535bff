//! A subscriber returns nothing, or a result.

use tollgate::Hub;
use tollgate::events::CreateTable;

fn main() {
    let mut hub = Hub::new();
    let _ = hub.on::<CreateTable>(|event, _| event.table.len());
}
