//! The promises of the durable file under real faults: kills, full disks, other writers, torn ends.

#![forbid(unsafe_code)]

mod causes;
mod chain;
#[path = "../chains.rs"]
mod chains;
mod charts;
mod child;
mod clock;
mod concurrency;
mod failures;
mod full_disk;
mod kills;
mod locks;
mod paths;
mod reading;
mod repair;
mod rollbacks;
mod rotation;
mod unreadable;
mod unrecordable;

use std::path::Path;

use tempfile::TempDir;
use tollgate::{JsonLines, Record};

/// The result of a test: `?` on an error fails it.
type Tested = Result<(), Box<dyn std::error::Error>>;

/// A directory on the disk that the tests are built on: a temporary one may be in memory.
fn directory() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the directory of the build takes another one")
}

/// All records of a log. Each line is a record and carries the digest of the line before it.
fn read(path: &Path) -> Vec<Record> {
    let records = JsonLines::read(path).expect("there is a log").chained();
    records.collect::<Result<_, _>>().expect("each line is a record and continues the chain")
}
