//! The cost of a record in a file: without a sync next to `serde_json` and two loggers, durable next to a bare loop that
//! writes and syncs the same batches on the same disk.

#![allow(clippy::print_stdout, reason = "tables are printed")]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use slog::Drain;
use tempfile::TempDir;
use tollgate::file::Durability;
use tollgate::{BatchSink, JsonLines, Record, Sink};
use tollgate_benches::ratios::{self, Table, row};
use tollgate_benches::{fields, with_tollgate};
use tracing_appender::non_blocking::NonBlockingBuilder;

const COUNT: usize = 8192;
const THREADS: usize = 64;
const BATCH: usize = 1024;
const BUFFER: usize = 64 * 1024;

static RECORDS: LazyLock<Vec<Record>> =
    LazyLock::new(|| with_tollgate::records(COUNT).expect("records of transitions that nothing refuses"));

/// On the disk that is built on: a temporary directory may be in memory.
static DIRECTORY: LazyLock<TempDir> =
    LazyLock::new(|| tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the disk takes a directory"));

/// The records, once for each so many turns.
fn records(turns: u64) -> impl Iterator<Item = &'static Record> {
    RECORDS.iter().cycle().take(usize::try_from(turns).expect("turns are few"))
}

fn path() -> PathBuf {
    let path = DIRECTORY.path().join("trail.jsonl");
    let _ = fs::remove_file(&path);
    path
}

fn file() -> File {
    File::create(path()).expect("the disk takes a file")
}

/// That no row was fast because it lost something.
fn assert_lines(turns: u64) {
    let text = fs::read(DIRECTORY.path().join("trail.jsonl")).expect("it was written");
    let lines = text.split(|byte| *byte == b'\n').count() as u64 - 1;
    assert_eq!(lines, turns, "a line for each turn");
}

fn serde(turns: u64) -> Duration {
    let mut file = BufWriter::with_capacity(BUFFER, file());
    let started = Instant::now();
    for record in records(turns) {
        serde_json::to_writer(&mut file, black_box(record)).expect("the disk takes it");
        file.write_all(b"\n").expect("the disk takes it");
    }
    file.flush().expect("the disk takes it");
    let elapsed = started.elapsed();
    assert_lines(turns);
    elapsed
}

fn json_lines(turns: u64) -> Duration {
    let mut log = JsonLines::new(file());
    let started = Instant::now();
    for record in records(turns) {
        log.on_success(black_box(record)).expect("the disk takes it");
    }
    log.flush().expect("the disk takes it");
    let elapsed = started.elapsed();
    assert_lines(turns);
    elapsed
}

fn unsynced(turns: u64, is_chained: bool) -> Duration {
    let options = JsonLines::options().durability(Durability::OnFlush).chain(is_chained);
    let mut log = options.open(path()).expect("the disk takes a file");
    let started = Instant::now();
    for record in records(turns) {
        Sink::on_success(&mut log, black_box(record)).expect("the disk takes it");
    }
    // Writes what is left and does not sync, as no other row of the table does.
    drop(log);
    let elapsed = started.elapsed();
    assert_lines(turns);
    elapsed
}

macro_rules! traced {
    ($record:ident, $($name:ident = $value:expr),*) => { tracing::info!($($name = $value),*) };
}

fn tracing(turns: u64) -> Duration {
    let writer = BufWriter::with_capacity(BUFFER, file());
    // Lossy by default: it would be fast by leaving out what does not fit.
    let (writer, guard) = NonBlockingBuilder::default().lossy(false).finish(writer);
    let layer = tracing_subscriber::fmt().json().flatten_event(true).with_level(false).with_target(false);
    let subscriber = layer.with_writer(writer).finish();
    let started = Instant::now();
    tracing::subscriber::with_default(subscriber, || {
        for record in records(turns) {
            fields!(traced, record);
        }
    });
    drop(guard);
    let elapsed = started.elapsed();
    assert_lines(turns);
    elapsed
}

fn slogged(turns: u64) -> Duration {
    let drain = slog_json::Json::new(BufWriter::with_capacity(BUFFER, file()))
        .add_key_value(slog::o!("at" => slog::FnValue(|_| chrono::Utc::now().to_rfc3339())))
        .build();
    let logger = slog::Logger::root(Mutex::new(drain).map(slog::Fuse), slog::o!());
    macro_rules! slogged {
        ($record:ident, $($name:ident = $value:expr),*) => { slog::info!(logger, ""; $(stringify!($name) => $value),*) };
    }
    let started = Instant::now();
    for record in records(turns) {
        fields!(slogged, record);
    }
    drop(logger);
    let elapsed = started.elapsed();
    assert_lines(turns);
    elapsed
}

/// The number of records in a write of the last round.
static JOINED: AtomicUsize = AtomicUsize::new(THREADS / 2);

fn sixty_four_threads(turns: u64) -> Duration {
    let log = JsonLines::open(path()).expect("the disk takes a file");
    let (begin, each) = (Barrier::new(THREADS + 1), usize::try_from(turns).expect("turns are few") / THREADS);
    let (writes, started) = thread::scope(|scope| {
        for records in RECORDS.chunks_exact(COUNT / THREADS) {
            let (mut log, begin) = (&log, &begin);
            scope.spawn(move || {
                begin.wait();
                for record in records.iter().cycle().take(each) {
                    Sink::on_success(&mut log, black_box(record)).expect("the disk takes it");
                }
            });
        }
        begin.wait();
        (writes(), Instant::now())
    });
    let elapsed = started.elapsed();
    let writes = self::writes().saturating_sub(writes).max(1);
    JOINED.store((each * THREADS).div_ceil(writes), Ordering::Relaxed);
    assert_lines((each * THREADS) as u64);
    elapsed
}

/// Returns how often this process has written to a file: once for each batch. Returns 0 on systems without such a count.
fn writes() -> usize {
    let counts = fs::read_to_string("/proc/self/io").unwrap_or_default();
    let count = counts.lines().find_map(|line| line.strip_prefix("syscw: "));
    count.and_then(|count| count.parse().ok()).unwrap_or_default()
}

/// Writes and syncs batch after batch, without waiting for other threads.
fn bare(turns: u64, batch: usize) -> Duration {
    let mut file = file();
    let mut lines = Vec::new();
    let records: Vec<&Record> = records(turns).collect();
    let started = Instant::now();
    for batch in records.chunks(batch) {
        lines.clear();
        for record in batch {
            serde_json::to_writer(&mut lines, black_box(record)).expect("memory takes all");
            lines.push(b'\n');
        }
        file.write_all(&lines).expect("the disk takes it");
        file.sync_data().expect("the disk takes it");
    }
    let elapsed = started.elapsed();
    assert_lines(turns);
    elapsed
}

fn batches(turns: u64, is_chained: bool) -> Duration {
    let mut log = JsonLines::options().chain(is_chained).open(path()).expect("the disk takes a file");
    let batches = usize::try_from(turns).expect("turns are few") / BATCH;
    let started = Instant::now();
    for batch in RECORDS.chunks_exact(BATCH).cycle().take(batches) {
        log.on_success_all(black_box(batch)).expect("the disk takes it");
    }
    let elapsed = started.elapsed();
    assert_lines((batches * BATCH) as u64);
    elapsed
}

const UNSYNCED: Table = Table {
    title: "a record into a file, not synced",
    part: "a record",
    parts: 1,
    turns: COUNT as u64,
    rows: &[
        row("serde_json into a `BufWriter` of 64 KiB", serde),
        row("tollgate, JsonLines::new(file)", json_lines),
        row("tollgate, JsonLines::open, OnFlush", |turns| unsynced(turns, true)),
        row("tollgate, JsonLines::open, OnFlush, without the chain", |turns| unsynced(turns, false)),
        row("tracing-subscriber's JSON over tracing-appender's non_blocking, not lossy", tracing),
        row("slog-json into a `BufWriter` of 64 KiB", slogged),
    ],
};

const GROUPED: Table = Table {
    title: "a durable record, 64 threads",
    part: "a record",
    parts: 1,
    turns: COUNT as u64,
    rows: &[
        row("one bare loop: serde_json, write, fdatasync, batches of the same size", |turns| {
            bare(turns, JOINED.load(Ordering::Relaxed))
        }),
        row("tollgate, JsonLines::open, each thread record by record", sixty_four_threads),
    ],
};

const BATCHED: Table = Table {
    title: "a durable record, one thread, batches of 1024",
    part: "a record",
    parts: 1,
    turns: COUNT as u64,
    rows: &[
        row("bare loop: serde_json, write, fdatasync", |turns| bare(turns, BATCH)),
        row("tollgate, JsonLines::open, on_success_all", |turns| batches(turns, true)),
        row("tollgate, JsonLines::open, on_success_all, without the chain", |turns| batches(turns, false)),
    ],
};

fn main() {
    if let Some(rounds) = ratios::rounds(5, 41) {
        ratios::print(&UNSYNCED, rounds);
        // The first round measures how many join.
        sixty_four_threads(COUNT as u64);
        ratios::print(&GROUPED, rounds);
        println!("\nIn the last round {} records were joined in a write.", JOINED.load(Ordering::Relaxed));
        ratios::print(&BATCHED, rounds);
    }
}
