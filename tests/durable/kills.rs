//! A process that is killed: its acknowledged records are in the log, once and in order, and the log continues.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::process::Command;
use std::{fs, thread, time};

use tollgate::{JsonLines, Record};

use crate::charts::assert_complete;
use crate::child::Child;
use crate::clock::assert_in_order;
use crate::{Tested, directory, read};

/// Returns a random number below `limit`.
fn random(limit: u64) -> u64 {
    RandomState::new().build_hasher().finish() % limit
}

/// Lets the child write until it has reported a random number of ids, kills it shortly after, and returns all ids that it
/// reported.
fn run_and_kill(role: &str, log: &Path) -> Vec<String> {
    let mut child = Child::start(role, log);
    let mut lines: Vec<String> = (0..=random(120)).map_while(|_| child.line()).collect();
    thread::sleep(time::Duration::from_micros(random(3000)));
    child.kill();
    let (rest, is_success) = child.ended();
    assert!(!is_success, "it runs until it is killed");
    lines.extend(rest);
    lines
}

fn assert_holds(records: &[Record], acknowledged: &[String]) {
    assert_in_order(records);
    let held: HashSet<String> = records.iter().map(|record| record.id.to_string()).collect();
    for id in acknowledged {
        assert!(held.contains(id), "{id} was acknowledged, and is not there");
    }
}

/// Asserts the promises of this many logs, each written by ten processes that are killed one after another.
fn assert_survives(role: &str, logs: usize) -> Tested {
    for _ in 0..logs {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        let (mut acknowledged, mut torn) = (Vec::new(), 0);
        for _ in 0..10 {
            acknowledged.extend(run_and_kill(role, &path));
            let before = read(&path);
            let log = JsonLines::open(&path)?;
            torn += usize::from(log.repaired().is_some_and(|repair| repair.moved_to.is_some()));
            drop(log);
            let after = read(&path);
            assert_eq!(after[..before.len()], before, "opening changes no record");
            assert!(after.len() <= before.len() + 1, "and adds at most the last line, which had no newline");
            assert_holds(&after, &acknowledged);
        }
        assert!(acknowledged.len() >= 10, "each process has acknowledged a record");
        let aside = fs::read_dir(directory.path())?.flatten();
        let aside = aside.filter(|entry| entry.file_name().to_string_lossy().contains(".torn-")).count();
        assert_eq!(aside, torn, "a torn line is next to the log, and is reported");
        assert_complete(&path);
    }
    Ok(())
}

#[test]
fn records_acknowledged_to_threads_survive_ten_kills() -> Tested {
    assert_survives("load", 1)
}

#[test]
#[ignore = "long: run by .ci/run full"]
fn records_acknowledged_to_threads_survive_a_hundred_kills() -> Tested {
    assert_survives("load", 10)
}

#[test]
fn records_acknowledged_during_rotation_survive_ten_kills() -> Tested {
    assert_survives("load, rotating", 1)
}

#[test]
#[ignore = "long: run by .ci/run full"]
fn records_acknowledged_during_rotation_survive_fifty_kills() -> Tested {
    assert_survives("load, rotating", 5)
}

#[test]
fn records_acknowledged_to_tasks_survive_ten_kills() -> Tested {
    assert_survives("load, tasks", 1)
}

#[test]
#[ignore = "long: run by .ci/run full"]
fn records_acknowledged_to_tasks_survive_fifty_kills() -> Tested {
    assert_survives("load, tasks", 5)
}

/// The library that makes calls of the operating system fail, or kills the process before one.
pub(crate) fn faults(directory: &Path) -> std::io::Result<std::path::PathBuf> {
    let library = directory.join("faults.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/durable/faults.c");
    let status = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status()?;
    assert!(status.success(), "the C compiler takes faults.c");
    Ok(library)
}

/// Every call by which the log changes the disk, in turn, is the one before which the process is killed. If it is a
/// write, half of it is done.
#[cfg(target_os = "linux")]
#[test]
fn log_killed_before_any_system_call_keeps_acknowledged_records() -> Tested {
    let directory = directory();
    let library = faults(directory.path())?;
    let (mut call, mut kills) = (0, 0);
    loop {
        call += 1;
        let logs = directory.path().join(call.to_string());
        fs::create_dir(&logs)?;
        let path = logs.join("trail.jsonl");
        let library = library.to_str().ok_or("a path in UTF-8")?;
        let faults = [("LD_PRELOAD", library), ("KILL_AT", &call.to_string())];
        let (mut lines, _) = Child::start_by::<&str, _>(&[], "steps", &path, &faults).ended();
        let is_done = lines.last().is_some_and(|line| line == "done");
        lines.retain(|line| line != "done");
        let (more, _) = Child::start("steps", &path).ended();
        assert_eq!(more.last().map(String::as_str), Some("done"), "the log continues after call {call}");
        lines.extend(more.into_iter().filter(|line| line != "done"));
        assert_holds(&read(&path), &lines);
        assert_complete(&path);
        fs::remove_dir_all(&logs)?;
        if is_done {
            break;
        }
        kills += 1;
    }
    assert!(kills > 40, "there are more than {kills} steps");
    Ok(())
}
