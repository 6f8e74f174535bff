// An observer of what is no record.

use tollgate::{Record, Sink};

fn main() {
    let log: Vec<Record> = Vec::new();
    let _ = log.observed_by(|line: &str| assert!(!line.is_empty()));
}
