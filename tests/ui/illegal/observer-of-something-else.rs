// An observer of a type that is not a record.

use tollgate::{Record, sink};

fn main() {
    let log: Vec<Record> = Vec::new();
    let _ = sink::adapt(log).observed_by(|line: &str| assert!(!line.is_empty()));
}
