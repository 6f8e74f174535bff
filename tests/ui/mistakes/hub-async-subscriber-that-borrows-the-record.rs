//! An asynchronous subscriber takes its record by value.

use tollgate::events::CreateTable;
use tollgate::{AsyncHub, Record};

fn main() {
    let mut hub = AsyncHub::default();
    let _ = hub.on_async::<CreateTable>(|event: CreateTable, record: &Record| {
        let at = record.at;
        async move { println!("{} {at}", event.table) }
    });
}
