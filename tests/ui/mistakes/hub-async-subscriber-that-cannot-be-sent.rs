//! The future of a commit can be sent between threads, and so must be what it waits for.

use std::rc::Rc;

use tollgate::AsyncHub;
use tollgate::events::CreateTable;

fn main() {
    let mut hub = AsyncHub::default();
    let _ = hub.on_async::<CreateTable>(|event, _| {
        let table = Rc::new(event.table);
        async move {
            std::future::ready(()).await;
            println!("{table}");
        }
    });
}
