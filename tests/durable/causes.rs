//! The chain of causes of a durable file's errors, and the time that a refusal of a time records in it.

use std::fs;
use std::io;

use tollgate::chrono::TimeDelta;
use tollgate::file::FileError;
use tollgate::{Id, JsonLines, RecordKind, Sink};

use crate::chains::texts_once;
use crate::charts::DoorMachine;
use crate::clock::records;
use crate::{Tested, directory, read};

#[test]
fn file_errors_name_each_cause_once() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let missing = JsonLines::open(directory.path().join("none/trail.jsonl")).err().ok_or("there is no such folder")?;
    let FileError::Io { cause, .. } = &missing else { return Err(missing.into()) };
    assert!(missing.to_string().contains(&cause.to_string()), "{missing}");
    let log = JsonLines::open(&path)?;
    let mut far = records(1, 1).remove(0);
    far.at = tollgate::chrono::DateTime::from_timestamp(300_000_000_000, 0).ok_or("the year 11476")?;
    let unrecordable = Sink::on_success(&mut &log, &far).err().ok_or("no reader reads it")?;
    assert!(matches!(&unrecordable, FileError::Unrecordable { .. }), "{unrecordable}");
    let locked = JsonLines::open(&path).err().ok_or("a second writer")?;
    fs::write(directory.path().join("odd.jsonl"), "one\ntwo\n")?;
    let foreign = JsonLines::open(directory.path().join("odd.jsonl")).err().ok_or("it is not a log")?;
    for error in [missing, unrecordable, locked, foreign] {
        assert_eq!(texts_once(&error), [error.to_string()]);
        assert_eq!(texts_once(&io::Error::from(error.clone())), [error.to_string()]);
    }
    Ok(())
}

#[test]
fn refused_time_is_read_back_from_the_file_as_a_parameter() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    let door = DoorMachine::create(Id::from(1)).commit(&log)?;
    let created = read(&path).remove(0).at;
    let given = created - TimeDelta::days(1);
    let refused = door.close().at(given).commit(&log).err().ok_or("the time goes back")?;
    let _ = refused.into_step().at(created).commit(&log)?;
    let records = read(&path);
    assert_eq!((records.len(), records[1].kind), (3, RecordKind::Refusal));
    let asserted = records[1].parameters.get("at").and_then(|at| at.as_str());
    assert_eq!(asserted, Some(&*tollgate::canonical::time(&given)));
    assert!(records[2].parameters.is_empty());
    Ok(())
}
