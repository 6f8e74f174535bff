//! Failures other than a full disk: a sync, a truncation, a missing directory. A refused commit leaves nothing.

use std::env;
use std::fs;
use std::path::Path;

use tollgate::file::{Durability, FileError, Operation, Rotation};
use tollgate::{BatchSink, Cause, CommitError, JsonLines, JsonLinesFile};

use crate::charts::{DoorMachine, assert_complete};
use crate::child::{Child, cause, report};
use crate::clock::{self, assert_in_order};
use crate::kills::faults;
use crate::{Tested, directory, read};

/// Sets the calls that fail from now on.
fn let_fail(calls: &str) {
    let path = env::var_os("FAULTS").expect("the parent sets the file");
    fs::remove_file(&path).ok();
    fs::write(path, calls).expect("this write does not fail yet");
}

/// Commits while one call after another fails, in the child.
pub(crate) fn failing(path: &Path) {
    let log = JsonLines::options().rotate(Rotation::BySize(8000)).open(path).expect("it opens");
    let (mut clock, _) = clock::tick(clock::created(1, &log), 2, &log);
    // The chart of another machine, which the log does not have yet: it is written before the record, or not at all.
    let mut step = DoorMachine::create(tollgate::Id::from(1));
    for calls in ["write", "fsync", "open", "write ftruncate"] {
        let good = fs::read(path).expect("it is there");
        let_fail(calls);
        let refused = step.commit(&log).expect_err("the call fails");
        assert!(refused.to_string().contains("trail.charts.jsonl"), "{calls}: {refused}");
        step = refused.into_step();
        let_fail("");
        assert_eq!(fs::read(path).expect("it is there"), good, "{calls}");
    }
    let _ = step.commit(&log).map_err(CommitError::into_cause).expect("nothing fails now");
    assert_complete(path);
    for calls in ["write", "fdatasync", "write ftruncate", "fdatasync ftruncate"] {
        let good = fs::read(path).expect("it is there");
        let_fail(calls);
        let refused = clock.tick().commit(&log).expect_err("the call fails");
        let Cause::Sink(error) = refused.cause() else { panic!("{refused}") };
        assert_eq!(error.is_outcome_unknown(), calls.contains("ftruncate"), "{calls}: {error}");
        report(format_args!("{calls}: {}", cause(&refused)));
        assert!((&log).on_success_all(&clock::records(2, 3)).is_err(), "no record is accepted before the rollback");
        let_fail("");
        // With the same id: it must be there once.
        clock = refused.into_step().commit(&log).map_err(CommitError::into_cause).expect("nothing fails now");
        let text = fs::read(path).expect("it is there");
        assert_eq!(text[..good.len()], good, "{calls}");
        assert_eq!(text[good.len()..].iter().filter(|byte| **byte == b'\n').count(), 1, "{calls}");
    }
    // A rotation that fails at each of its steps.
    for calls in ["rename", "open"] {
        let_fail(calls);
        let refused = loop {
            match clock.tick().commit(&log) {
                Ok(next) => clock = next,
                Err(refused) => break refused,
            }
        };
        report(format_args!("{calls}: {}", cause(&refused)));
        let_fail("");
        clock = refused.into_step().commit(&log).map_err(CommitError::into_cause).expect("nothing fails now");
    }
    // If the rollback of a refused commit fails, the log accepts no more records.
    let before = read(path);
    let_fail("fdatasync fsync");
    let refused = clock.tick().commit(&log).expect_err("the sync fails");
    report(format_args!("fsync: {}", cause(&refused)));
    let_fail("");
    let refused = refused.into_step().commit(&log).expect_err("the log is broken");
    report(format_args!("afterwards: {}", cause(&refused)));
    let step = refused.into_step();
    drop(log);
    let log = JsonLines::open(path).expect("it opens again");
    assert_eq!(read(path), before);
    let _ = step.commit(&log).map_err(CommitError::into_cause).expect("the file takes it");
    assert_eq!(read(path).len(), before.len() + 1);
}

#[cfg(target_os = "linux")]
#[test]
fn commit_on_a_failed_system_call_is_refused_and_leaves_nothing() -> Tested {
    let directory = directory();
    let library = faults(directory.path())?;
    let (list, path) = (directory.path().join("fails"), directory.path().join("trail.jsonl"));
    let environment = [("LD_PRELOAD", library.as_os_str()), ("FAULTS", list.as_os_str())];
    let (lines, is_success) = Child::start_by::<&str, _>(&[], "failing", &path, &environment).ended();
    assert!(is_success, "{lines:#?}");
    let log = path.display();
    let unknown = "; the outcome is unknown, the record may be in the file";
    let eio = "Input/output error (os error 5)";
    let wanted = [
        format!("write: Some(Uncategorized): cannot write to `{log}`: {eio}"),
        format!("fdatasync: Some(Uncategorized): cannot sync `{log}`: {eio}"),
        format!("write ftruncate: Some(Uncategorized): cannot write to `{log}`: {eio}{unknown}"),
        format!("fdatasync ftruncate: Some(Uncategorized): cannot sync `{log}`: {eio}{unknown}"),
        format!("rename: Some(Uncategorized): cannot rotate `{log}`: {eio}"),
        format!("open: Some(Uncategorized): cannot open `{log}`: {eio}"),
        format!("fsync: Some(Uncategorized): cannot sync `{log}`: {eio}{unknown}"),
        format!(
            "afterwards: Some(Uncategorized): `{log}` accepts no records after a failed sync ({eio}); open it again, and \
             look for the last ids"
        ),
    ];
    assert_eq!(lines, wanted);
    let clocks: Vec<_> = read(&path).into_iter().filter(|record| record.machine.as_deref() == Some("Clock")).collect();
    assert_in_order(&clocks);
    Ok(())
}

fn refusal(log: &JsonLinesFile) -> FileError {
    let created = clock::ClockMachine::create(tollgate::Id::from(9_u64)).commit(log);
    let Err(Cause::Sink(error)) = created.map_err(CommitError::into_cause) else { panic!("it is taken") };
    error
}

#[test]
fn commit_after_the_directory_was_removed_is_refused() -> Tested {
    let directory = directory();
    let folder = directory.path().join("logs");
    fs::create_dir(&folder)?;
    let path = folder.join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(300)).open(&path)?;
    let _ = clock::created(1, &log);
    fs::remove_dir_all(&folder)?;
    let error = refusal(&log);
    assert!(matches!(&error, FileError::Replaced { path: named } if named == log.path()), "{error}");
    fs::create_dir(&folder)?;
    assert!(matches!(refusal(&log), FileError::Replaced { .. }), "an empty file is not the log");
    drop(log);
    let _ = clock::created(1, &JsonLines::open(&path)?);
    assert_eq!(read(&path).len(), 1);
    Ok(())
}

#[test]
fn commit_after_the_log_was_moved_is_refused_until_it_is_put_back() -> Tested {
    let directory = directory();
    let (path, elsewhere) = (directory.path().join("trail.jsonl"), directory.path().join("elsewhere"));
    let log = JsonLines::open(&path)?;
    let (clock, _) = clock::tick(clock::created(1, &log), 3, &log);
    fs::rename(&path, &elsewhere)?;
    assert!(matches!(refusal(&log), FileError::Replaced { .. }));
    fs::write(&path, "")?;
    assert!(matches!(refusal(&log), FileError::Replaced { .. }), "another file at its path is not the log");
    fs::rename(&elsewhere, &path)?;
    clock::tick(clock, 1, &log);
    assert_eq!(read(&path).len(), 5);
    Ok(())
}

#[test]
fn commit_after_another_program_has_written_is_refused() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    let _ = clock::created(1, &log);
    let text = fs::read(&path)?;
    fs::write(&path, [&text[..], b"not ours\n"].concat())?;
    assert!(matches!(refusal(&log), FileError::Replaced { .. }));
    assert!(fs::read(&path)?.ends_with(b"not ours\n"), "lines of another program are not cut off");
    Ok(())
}

#[test]
fn open_of_a_path_that_is_not_a_file_names_it() -> Tested {
    let directory = directory();
    fs::write(directory.path().join("file"), "")?;
    let below = directory.path().join("file/trail.jsonl");
    let error = JsonLines::open(&below).err().ok_or("its parent is a file")?;
    assert!(matches!(&error, FileError::Io { operation: Operation::OpenFile, path, .. } if *path == below), "{error}");
    let error = JsonLines::open(directory.path()).err().ok_or("it is a directory")?;
    assert!(matches!(error, FileError::NotAFile { .. }));
    let absent = directory.path().join("absent/trail.jsonl");
    let error = JsonLines::open(absent).err().ok_or("there is no such directory")?;
    assert_eq!(error.kind(), Some(std::io::ErrorKind::NotFound));
    Ok(())
}

#[test]
fn buffered_records_after_a_failed_write_are_written_in_order() -> Tested {
    let directory = directory();
    let (path, elsewhere) = (directory.path().join("trail.jsonl"), directory.path().join("elsewhere"));
    let log = JsonLines::options().durability(Durability::OnFlush).open(&path)?;
    let mut clock = clock::created(1, &log);
    fs::rename(&path, &elsewhere)?;
    let refused = loop {
        match clock.tick().commit(&log) {
            Ok(next) => clock = next,
            Err(refused) => break refused,
        }
    };
    assert!(refused.to_string().contains("was moved, removed or changed by another program"), "{refused}");
    assert!(log.flush().is_err());
    fs::rename(&elsewhere, &path)?;
    let clock = refused.into_step().commit(&log).map_err(CommitError::into_cause).expect("the log is in its place");
    log.flush()?;
    let records = read(&path);
    assert_in_order(&records);
    assert_eq!(records.len() as u64, clock.version());
    Ok(())
}
