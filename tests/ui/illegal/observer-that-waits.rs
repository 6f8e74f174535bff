// An observer that waits, joined as one that does not.

use tollgate::{Record, Sink};

async fn post(_: Record) {}

fn main() {
    let log: Vec<Record> = Vec::new();
    let _ = log.observed_by(|record: &Record| post(record.clone()));
}
