// An observer that waits, joined as one that does not.

use tollgate::{Record, sink};

async fn post(_: Record) {}

fn main() {
    let log: Vec<Record> = Vec::new();
    let _ = sink::adapt(log).observed_by(|record: &Record| post(record.clone()));
}
