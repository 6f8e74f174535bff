//! The cost of a line of JSON: `JsonLines` into memory, next to `serde_json` writing a plain struct of the same fields,
//! and to slog-json.

#![allow(clippy::print_stdout, reason = "tables are printed")]

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;
use slog::Drain;
use tollgate::{JsonLines, Record, Sink};
use tollgate_benches::ratios::{self, Table, row};
use tollgate_benches::{fields, with_tollgate};
use uuid::Uuid;

/// The fields of a record with an actor and a reason, as a user of serde would declare them.
#[derive(Serialize)]
struct Plain<At, RecordId> {
    v: u8,
    id: RecordId,
    at: At,
    kind: &'static str,
    subject: PlainSubject,
    machine: &'static str,
    chart: String,
    version: u64,
    transition: String,
    from: String,
    to: String,
    actor: PlainActor,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct PlainSubject {
    kind: &'static str,
    id: u64,
}

#[derive(Serialize)]
struct PlainActor {
    kind: &'static str,
    id: String,
}

impl<At, RecordId> Plain<At, RecordId> {
    fn of(record: &Record, id: RecordId, at: At) -> Option<Self> {
        Some(Plain {
            v: Record::WIRE_VERSION,
            id,
            at,
            kind: "transition",
            subject: PlainSubject { kind: "Report", id: record.subject.as_ref()?.id.as_u64()? },
            machine: "Report",
            chart: record.chart?.to_string(),
            version: record.version?,
            transition: record.transition.as_deref()?.to_owned(),
            from: record.from.as_deref()?.to_owned(),
            to: record.to.as_deref()?.to_owned(),
            actor: PlainActor { kind: "user", id: record.actor.as_ref()?.id.to_string() },
            reason: record.reason.clone(),
        })
    }
}

const COUNT: usize = 256;

/// The same lines three times.
struct Lines {
    records: Vec<Record>,
    with_chrono: Vec<Plain<DateTime<Utc>, Uuid>>,
    with_numbers: Vec<Plain<i64, String>>,
}

static LINES: LazyLock<Lines> = LazyLock::new(|| lines().expect("records of transitions that nothing refuses"));

fn lines() -> Result<Lines, Box<dyn Error>> {
    let records = with_tollgate::records(COUNT)?;
    let with_chrono = records.iter().map(|record| Plain::of(record, record.id, record.at));
    let with_numbers =
        records.iter().map(|record| Plain::of(record, record.id.to_string(), record.at.timestamp_nanos_opt()?));
    let with_chrono = with_chrono.collect::<Option<_>>().ok_or("a field is absent")?;
    let with_numbers = with_numbers.collect::<Option<_>>().ok_or("a field is absent")?;
    Ok(Lines { records, with_chrono, with_numbers })
}

const WRITTEN: usize = 512 * COUNT;

fn tollgate(turns: u64) -> Duration {
    let mut written = Vec::with_capacity(WRITTEN);
    let mut elapsed = Duration::ZERO;
    for _ in 0..turns / COUNT as u64 {
        written.clear();
        let mut log = JsonLines::new(written);
        let started = Instant::now();
        for record in &LINES.records {
            log.on_success(black_box(record)).expect("memory takes all");
        }
        log.flush().expect("memory takes all");
        elapsed += started.elapsed();
        written = log.into_inner().expect("memory takes all");
        black_box(&written);
    }
    elapsed
}

fn plain(lines: &[impl Serialize], turns: u64) -> Duration {
    let mut written = Vec::with_capacity(WRITTEN);
    let mut elapsed = Duration::ZERO;
    for _ in 0..turns / COUNT as u64 {
        written.clear();
        let started = Instant::now();
        for line in lines {
            serde_json::to_writer(&mut written, black_box(line)).expect("memory takes all");
            written.push(b'\n');
        }
        elapsed += started.elapsed();
        black_box(&written);
    }
    elapsed
}

/// Memory that a logger owns and that the benchmark reads afterwards.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// With the record's own time in the record's form: no clock is read, in this row as in the others.
fn slogged(turns: u64) -> Duration {
    let memory = Memory::default();
    let drain = slog_json::Json::new(io::BufWriter::with_capacity(64 * 1024, memory.clone())).build();
    let logger = slog::Logger::root(Mutex::new(drain).map(slog::Fuse), slog::o!());
    macro_rules! slogged {
        ($record:ident, $($name:ident = $value:expr),*) => {
            slog::info!(
                logger, "";
                "at" => $record.at.to_rfc3339_opts(SecondsFormat::Nanos, true), $(stringify!($name) => $value),*
            )
        };
    }
    let started = Instant::now();
    for record in LINES.records.iter().cycle().take(usize::try_from(turns).expect("turns are few")) {
        fields!(slogged, record);
    }
    drop(logger);
    let elapsed = started.elapsed();
    let written = memory.0.lock().expect("nobody panics");
    assert_eq!(written.split(|byte| *byte == b'\n').count() as u64 - 1, turns, "a line for each turn");
    elapsed
}

const TABLE: Table = Table {
    title: "a record as a line of JSON, into a `Vec<u8>`",
    part: "a record",
    parts: 1,
    turns: 4 * COUNT as u64,
    rows: &[
        row("serde_json, plain struct, chrono's form of the time", |turns| plain(&LINES.with_chrono, turns)),
        row("serde_json, plain struct, time an i64, id a text made once", |turns| plain(&LINES.with_numbers, turns)),
        row("tollgate, JsonLines", tollgate),
        row("slog-json into a `BufWriter` of 64 KiB", slogged),
    ],
};

/// Asserts that the line of the plain struct equals that of the record, field by field.
fn assert_same_fields() -> serde_json::Result<()> {
    for (record, plain) in LINES.records.iter().zip(&LINES.with_chrono) {
        let [mut ours, mut theirs] = [serde_json::to_value(record)?, serde_json::to_value(plain)?];
        // The one field whose form is not the same: chrono leaves out digits that are zero.
        ours["at"] = Value::Null;
        theirs["at"] = Value::Null;
        assert_eq!(ours, theirs, "the plain struct has the record's fields");
    }
    Ok(())
}

fn main() -> serde_json::Result<()> {
    assert_same_fields()?;
    if let Some(rounds) = ratios::rounds(41, 401) {
        ratios::print(&TABLE, rounds);
    }
    Ok(())
}
