//! An asynchronous subscriber belongs in an asynchronous hub.

use tollgate::Hub;
use tollgate::events::CreateTable;

fn main() {
    let mut hub = Hub::new();
    let _ = hub.on::<CreateTable>(|event, _| async move { println!("{}", event.table) });
}
