//! A process that is killed: what it had acknowledged is there, once and in order, and the log goes on.

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

/// Another number below `limit` each time.
fn random(limit: u64) -> u64 {
    RandomState::new().build_hasher().finish() % limit
}

/// Lets the child write until it has said a random number of ids, kills it somewhere in what follows, and gives all
/// that it said.
fn killed(role: &str, log: &Path) -> Vec<String> {
    let mut child = Child::start(role, log);
    let mut said: Vec<String> = (0..=random(120)).map_while(|_| child.heard()).collect();
    thread::sleep(time::Duration::from_micros(random(3000)));
    child.kill();
    let (rest, is_success) = child.ended();
    assert!(!is_success, "it would have gone on for ever");
    said.extend(rest);
    said
}

fn assert_holds(records: &[Record], acknowledged: &[String]) {
    assert_in_order(records);
    let held: HashSet<String> = records.iter().map(|record| record.id.to_string()).collect();
    for id in acknowledged {
        assert!(held.contains(id), "{id} was acknowledged, and is not there");
    }
}

/// So many logs, each written by ten processes that are killed one after another.
fn survive(role: &str, logs: usize) -> Tested {
    for _ in 0..logs {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        let (mut acknowledged, mut torn) = (Vec::new(), 0);
        for _ in 0..10 {
            acknowledged.extend(killed(role, &path));
            let before = read(&path);
            let log = JsonLines::open(&path)?;
            torn += usize::from(log.repaired().is_some_and(|repair| repair.moved_to.is_some()));
            drop(log);
            let after = read(&path);
            assert_eq!(after[..before.len()], before, "opening changes no record");
            assert!(after.len() <= before.len() + 1, "and adds at most the last, which had no end");
            assert_holds(&after, &acknowledged);
        }
        assert!(acknowledged.len() >= 10, "each had acknowledged something");
        let aside = fs::read_dir(directory.path())?.flatten();
        let aside = aside.filter(|entry| entry.file_name().to_string_lossy().contains(".torn-")).count();
        assert_eq!(aside, torn, "a torn line is next to the log, and is reported");
        assert_complete(&path);
    }
    Ok(())
}

#[test]
fn what_threads_had_acknowledged_survives_a_hundred_kills() -> Tested {
    survive("load", 10)
}

#[test]
fn it_survives_fifty_kills_while_files_are_rotated() -> Tested {
    survive("load, rotating", 5)
}

#[test]
fn it_survives_fifty_kills_where_tasks_commit_too() -> Tested {
    survive("load, tasks", 5)
}

/// The library that makes calls of the operating system fail, or kills the process before one.
pub(crate) fn faults(directory: &Path) -> std::io::Result<std::path::PathBuf> {
    let library = directory.join("faults.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/durable/faults.c");
    let status = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status()?;
    assert!(status.success(), "the C compiler takes faults.c");
    Ok(library)
}

/// Every call by which the log changes the disk, in turn, is the one before which the process is killed; where that
/// is a write, after half of it.
#[cfg(target_os = "linux")]
#[test]
fn it_survives_a_kill_before_any_step_of_writing_and_rotating() -> Tested {
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
        let (mut said, _) = Child::start_by::<&str, _>(&[], "steps", &path, &faults).ended();
        let is_done = said.last().is_some_and(|said| said == "done");
        said.retain(|said| said != "done");
        let (more, _) = Child::start("steps", &path).ended();
        assert_eq!(more.last().map(String::as_str), Some("done"), "the log goes on after call {call}");
        said.extend(more.into_iter().filter(|said| said != "done"));
        assert_holds(&read(&path), &said);
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
