// An event that is a union.

use tollgate::{Event, Record};

#[derive(Event)]
pub union Change {
//  ^^^^^ an event must be a struct, but this is a union; write a struct
    created: u8,
    dropped: u8,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let _ = Change { created: 1 };
    log.clear();
}
