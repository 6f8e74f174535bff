//! Reads all records one by one in a new process, so that its peak memory is that of the read alone.

use std::fs;
use std::hint::black_box;
use std::io::Write as _;
use std::process::Command;
use std::time::Instant;

use tokio::runtime::Runtime;
use tollgate_store::Store;

use crate::report::ReportState;
use crate::{Result, bare};

/// The first argument of such a process; the second is the contender, the third the database.
pub(crate) const ARGUMENT: &str = "--read-all";
pub(crate) const OURS: &str = "tollgate";
pub(crate) const BARE: &str = "bare";

/// The records that a process has read, and its cost.
pub(crate) struct Reading {
    pub(crate) records: u64,
    pub(crate) seconds: f64,
    /// The most memory that it had at once, in KiB.
    pub(crate) peak: u64,
}

impl Reading {
    pub(crate) fn per_second(&self) -> f64 {
        self.records as f64 / self.seconds
    }
}

/// Reads in a new process.
pub(crate) fn in_a_process(way: &str, url: &str) -> Result<Reading> {
    let output = Command::new(std::env::current_exe()?).args([ARGUMENT, way, url]).output()?;
    if !output.status.success() {
        return Err(format!("reading all records: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let mut words = text.split_whitespace();
    let mut word = || words.next().ok_or_else(|| format!("`{text}` is no reading"));
    Ok(Reading { records: word()?.parse()?, seconds: word()?.parse()?, peak: word()?.parse()? })
}

/// The work of that process.
pub(crate) fn read(way: &str, url: &str) -> Result<()> {
    let runtime = Runtime::new()?;
    let started = Instant::now();
    let records = match (way, url.strip_prefix("sqlite://")) {
        (BARE, Some(path)) => bare::all_on_sqlite(path)?,
        (BARE, None) => runtime.block_on(bare::all_on_postgres(url))?,
        _ => runtime.block_on(all(url))?,
    };
    let seconds = started.elapsed().as_secs_f64();
    Ok(writeln!(std::io::stdout(), "{records} {seconds} {}", peak()?)?)
}

async fn all(url: &str) -> Result<u64> {
    let store = Store::options(url).machine::<ReportState>().open().await?;
    let mut records = store.records().stream();
    let mut count = 0;
    while let Some(record) = records.next().await {
        black_box(record?);
        count += 1;
    }
    Ok(count)
}

/// The most memory that this process had at once, in KiB.
fn peak() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("this system keeps no peak of memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
