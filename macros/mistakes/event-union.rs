// An event that is a union.

use tollgate::{Event, Record};

#[derive(Event)]
union Change {
    created: u8,
    dropped: u8,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let _ = Change { created: 1 };
    log.clear();
}
