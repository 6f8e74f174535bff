//! A subscriber that waits belongs into a hub that awaits it.

use tollgate::Hub;
use tollgate::events::CreateTable;

fn main() {
    let mut hub = Hub::new();
    let _ = hub.on::<CreateTable>(|event, _| async move { println!("{}", event.table) });
}
