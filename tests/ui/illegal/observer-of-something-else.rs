// An observer of what is no record.

use tollgate::{Record, sink};

fn main() {
    let log: Vec<Record> = Vec::new();
    let _ = sink::adapt(log).observed_by(|line: &str| assert!(!line.is_empty()));
}
