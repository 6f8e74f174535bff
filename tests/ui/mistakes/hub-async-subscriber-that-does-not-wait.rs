//! A subscriber that does not wait is added by `on`, to an asynchronous hub too.

use tollgate::AsyncHub;
use tollgate::events::CreateTable;

fn main() {
    let mut hub = AsyncHub::default();
    let _ = hub.on_async::<CreateTable>(|event, _| println!("{}", event.table));
}
