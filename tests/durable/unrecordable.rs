//! A record that no reader could read back is refused by name, and nothing is written.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use tollgate::sink::file::{Durability, FileError};
use tollgate::{AsyncBatchSink, AsyncSink, BatchSink, JsonLines, Record, Sink};

use crate::clock::{created, records};
use crate::{Tested, directory, read};

/// A record that no reader could read back, and the field that is to be named.
fn unrecordable() -> Result<Vec<(Record, &'static str)>, Box<dyn std::error::Error>> {
    let mut deep = records(1, 1).remove(0);
    deep.data = Some((0..126).fold(1.into(), |value, _| serde_json::Value::Array(vec![value])));
    let mut leap = records(1, 1).remove(0);
    leap.at = tollgate::chrono::DateTime::from_timestamp(1_483_228_799, 1_500_000_000).ok_or("a leap second")?;
    let mut far = records(1, 1).remove(0);
    far.at = tollgate::chrono::DateTime::from_timestamp(300_000_000_000, 0).ok_or("the year 11476")?;
    Ok(vec![(deep, "data"), (leap, "at"), (far, "at")])
}

fn assert_named(error: &FileError, path: &Path, record: &Record, field: &str) {
    let FileError::Unrecordable { path: named, id, cause } = error else { panic!("{error}") };
    assert_eq!((&**named, *id), (path, record.id));
    assert!(cause.field.starts_with(field), "{cause}");
    assert_eq!(error.kind(), Some(ErrorKind::InvalidData));
}

#[test]
fn unrecordable_record_is_refused_by_name_and_nothing_is_written() -> Tested {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for durability in [Durability::EachRecord, Durability::Grouped, Durability::OnFlush] {
        let directory = directory();
        let log = JsonLines::options().durability(durability).open(directory.path().join("trail.jsonl"))?;
        for (record, field) in unrecordable()? {
            let batch = [records(2, 1), vec![record.clone()], records(3, 1)].concat();
            let mut sink = &log;
            let errors = [
                Sink::on_success(&mut sink, &record).err(),
                Sink::on_refusal(&mut sink, &record).err(),
                BatchSink::on_success_all(&mut sink, &batch).err(),
                runtime.block_on(AsyncSink::on_success(&mut sink, &record)).err(),
                runtime.block_on(AsyncSink::on_refusal(&mut sink, &record)).err(),
                runtime.block_on(AsyncBatchSink::on_success_all(&mut sink, &batch)).err(),
            ];
            for error in errors {
                assert_named(&error.ok_or("it is taken")?, log.path(), &record, field);
            }
        }
        log.flush()?;
        assert_eq!(fs::read(log.path())?, b"", "{durability:?}");
        let _ = created(1, &log);
        log.flush()?;
        assert_eq!(read(log.path()).len(), 1, "and the log continues");
    }
    Ok(())
}
