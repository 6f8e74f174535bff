//! Rotation: names that sort by age, no record divided or lost, and readers that see all in order at any moment.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use proptest::prelude::*;
use tollgate::chrono::{DateTime, Utc};
use tollgate::file::{Durability, Rotation};
use tollgate::{BatchSink, CommitError, Id, JsonLines, JsonLinesFile, Record};

use crate::clock::{ClockMachine, assert_in_order, created, records, tick};
use crate::{Tested, directory, read};

/// The files that hold records, in the order of their names.
fn files(directory: &Path) -> Vec<String> {
    let names: BTreeSet<String> = fs::read_dir(directory)
        .expect("it can be listed")
        .map(|entry| entry.expect("it can be listed").file_name().into_string().expect("UTF-8"))
        .filter(|name| !name.ends_with(".lock") && name != "trail.charts.jsonl")
        .collect();
    names.into_iter().collect()
}

#[test]
fn rotation_by_size_keeps_each_file_within_it_and_all_records() -> Tested {
    for durability in [Durability::EachRecord, Durability::Grouped, Durability::OnFlush] {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        let open = || JsonLines::options().durability(durability).rotate(Rotation::BySize(2000)).open(&path);
        let log = open()?;
        let (clock, mut ids) = tick(created(1, &log), 20, &log);
        drop(log);
        let log = open()?;
        ids.extend(tick(clock, 20, &log).1);
        log.flush()?;
        let names = files(directory.path());
        assert!(names.len() > 4, "{names:?}");
        for (number, name) in (1..).zip(&names[..names.len() - 1]) {
            assert_eq!(*name, format!("trail.{number:06}.jsonl"));
        }
        assert_eq!(names.last().map(String::as_str), Some("trail.jsonl"));
        for name in &names {
            let text = fs::read(directory.path().join(name))?;
            assert!(text.len() <= 2000 && text.ends_with(b"}\n") && text.starts_with(b"{"), "{name}");
        }
        let read: Vec<_> = read(&path)[1..].iter().map(|record| record.id).collect();
        assert_eq!(read, ids, "{durability:?}");
    }
    Ok(())
}

#[test]
fn batch_over_the_size_limit_stays_in_one_file() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(2000)).open(&path)?;
    for id in 0..4 {
        (&log).on_success_all(&records(id, 20))?;
    }
    assert_eq!(files(directory.path()).len(), 4);
    for placed in JsonLines::read(&path)?.with_positions() {
        let (place, record) = placed?;
        assert_eq!(record.version, Some(place.line), "in `{}`", place.file.display());
    }
    Ok(())
}

fn created_at(id: u64, at: &str, log: &JsonLinesFile) -> Tested {
    let at: DateTime<Utc> = at.parse()?;
    let step = ClockMachine::create(Id::from(id)).at(at);
    let _ = step.commit(log).map_err(CommitError::into_cause).map_err(|cause| format!("{cause:?}"))?;
    Ok(())
}

#[test]
fn rotation_by_day_with_times_that_step_back_keeps_order_and_names() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let open = || JsonLines::options().rotate(Rotation::Daily).open(&path);
    let log = open()?;
    let times = ["2025-11-21T23:59:59Z", "2025-11-22T00:00:00Z", "2025-11-21T23:59:59.5Z", "2025-11-20T12:00:00Z"];
    for (id, at) in (1..).zip(times) {
        created_at(id, at, &log)?;
    }
    drop(log);
    let log = open()?;
    for (id, at) in (5..).zip(["2025-11-22T08:00:00Z", "2025-11-21T00:00:00Z", "2025-12-01T00:00:00Z"]) {
        created_at(id, at, &log)?;
    }
    let names = ["trail.000001.2025-11-21.jsonl", "trail.000002.2025-11-22.jsonl", "trail.jsonl"];
    assert_eq!(files(directory.path()), names);
    drop(log);
    // The order is that of the numbers also where the way of rotating changes.
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    created_at(8, "2025-01-01T00:00:00Z", &log)?;
    assert_eq!(files(directory.path())[2..], ["trail.000003.jsonl", "trail.jsonl"]);
    let ids: Vec<_> = read(&path).into_iter().filter_map(|record| record.subject?.id.as_u64()).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7, 8]);
    Ok(())
}

/// Writes a record that is dated far ahead, and records of today and of the next day, in the child.
pub(crate) fn days(path: &Path) {
    let ahead = std::env::var_os("DAYS_AHEAD").expect("the parent sets the file");
    let open = || JsonLines::options().rotate(Rotation::Daily).open(path).expect("it opens");
    let mut log = open();
    created_at(1, "2999-01-01T00:00:00Z", &log).expect("it is taken");
    let _ = created(2, &log);
    for day in 1..=4_u64 {
        fs::write(&ahead, day.to_string()).expect("there is room");
        if day > 2 {
            // Opened again on the next day, as by a program that runs once a day.
            drop(log);
            log = open();
        }
        let _ = created(day + 2, &log);
        let _ = created_at(day + 10, "2999-01-01T00:00:00Z", &log);
        crate::child::report(files(path.parent().expect("a directory")).len());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn rotation_by_day_after_a_record_dated_ahead_continues_the_next_day() -> Tested {
    let directory = directory();
    let logs = directory.path().join("logs");
    fs::create_dir(&logs)?;
    let (path, ahead) = (logs.join("trail.jsonl"), directory.path().join("ahead"));
    let library = crate::kills::faults(directory.path())?;
    let environment = [("LD_PRELOAD", library.as_os_str()), ("DAYS_AHEAD", ahead.as_os_str())];
    let (lines, is_success) = crate::child::Child::start_by::<&str, _>(&[], "days", &path, &environment).ended();
    assert!(is_success, "{lines:?}");
    assert_eq!(lines, ["2", "3", "4", "5"]);
    let ids: Vec<_> = read(&path).into_iter().filter_map(|record| record.subject?.id.as_u64()).collect();
    assert_eq!(ids, [1, 2, 3, 11, 4, 12, 5, 13, 6, 14]);
    Ok(())
}

#[test]
fn rotation_to_a_taken_name_uses_the_next_number() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    let taken = directory.path().join("trail.000001.jsonl");
    fs::write(&taken, "")?;
    let _ = created(1, &log);
    let _ = created(2, &log);
    assert_eq!((fs::read(taken)?.len(), read(&path).len()), (0, 2));
    assert_eq!(files(directory.path()), ["trail.000001.jsonl", "trail.000002.jsonl", "trail.jsonl"]);
    Ok(())
}

#[test]
fn read_during_rotation_returns_all_acknowledged_records_in_order() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(1000)).open(&path)?;
    let (acknowledged, is_done) = (AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut clock = created(1, &log);
            for _ in 0..1500 {
                acknowledged.store(clock.version(), Ordering::Release);
                clock = tick(clock, 1, &log).0;
            }
            is_done.store(true, Ordering::Release);
        });
        while !is_done.load(Ordering::Acquire) {
            let before = acknowledged.load(Ordering::Acquire);
            let records = read(&path);
            assert_in_order(&records);
            assert!(records.len() as u64 >= before, "{} of {before}", records.len());
        }
    });
    assert_eq!(read(&path).len(), 1501);
    Ok(())
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\n\r\0\"\\\\{}\u{2028}\u{feff}\u{10ffff}]{0,40}", "(x\n){0,200}"]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn record_with_any_text_is_read_back(
        texts in prop::collection::vec((hostile(), hostile(), hostile()), 1..30),
        limit in 1_u64..5000,
        durability in prop_oneof![Just(Durability::Grouped), Just(Durability::OnFlush)],
    ) {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        let log = JsonLines::options().durability(durability).rotate(Rotation::BySize(limit)).open(&path).unwrap();
        let mut written: Vec<Record> = Vec::new();
        let mut clock = created(1, &mut written);
        for (reason, key, value) in texts {
            clock = clock.tick().by("ann").because(reason).with(key, value).commit(&mut written).unwrap();
        }
        for part in written.chunks(3) {
            (&log).on_success_all(part).unwrap();
        }
        drop(log);
        prop_assert_eq!(read(&path), written);
    }
}
