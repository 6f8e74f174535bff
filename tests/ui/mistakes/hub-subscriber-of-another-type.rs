//! The closure must take the type that it subscribes to.

use tollgate::Hub;
use tollgate::Record;
use tollgate::events::{CreateTable, DropTable};

fn main() {
    let mut hub = Hub::new();
    let _ = hub.on::<CreateTable>(|event: DropTable, record: &Record| println!("{} {}", event.table, record.at));
}
