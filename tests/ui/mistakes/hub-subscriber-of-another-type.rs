//! The type that is subscribed to and the type that the closure takes are one.

use tollgate::Hub;
use tollgate::Record;
use tollgate::events::{CreateTable, DropTable};

fn main() {
    let mut hub = Hub::new();
    let _ = hub.on::<CreateTable>(|event: DropTable, record: &Record| println!("{} {}", event.table, record.at));
}
