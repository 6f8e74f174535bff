//! Only a machine has changes: an event has none.

use tollgate::events::Login;
use tollgate::{Hub, Record};

fn main() {
    let mut hub = Hub::new();
    let _ = hub.on_transition::<Login>(|record: &Record| println!("{}", record.at));
}
