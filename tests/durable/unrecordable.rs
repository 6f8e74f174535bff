//! Records that no reader could read back: they are refused by name, and nothing is written.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use tollgate::file::{Durability, FileError};
use tollgate::{AsyncBatchSink, AsyncSink, BatchSink, JsonLines, Record, Sink};

use crate::clock::{created, records};
use crate::{Tested, directory, read};

/// Records that no reader could read back, and the field that the error must name.
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

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(|bits| Value::from(f64::from_bits(bits))),
        any::<String>().prop_map(Value::from),
        "[\n\r\0\"\\\\{}\u{2028}\u{feff}]{0,9}".prop_map(Value::from),
        Just(Value::from(",\"prev_line\":\"0000\"}")),
    ];
    let value = leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|map| Value::from(map.into_iter().collect::<serde_json::Map<_, _>>())),
        ]
    });
    let depth = prop_oneof![3 => Just(0_usize), 1 => 55..75_usize, 1 => 120..135_usize];
    (value, depth).prop_map(|(value, depth)| (0..depth).fold(value, |value, _| Value::Array(vec![value])))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_record_is_refused_by_name_or_read_back_by_every_reader(
        values in prop::collection::vec((values(), values(), -70_000_000_000_i64..260_000_000_000), 1..12),
    ) {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        let log = JsonLines::open(&path).unwrap();
        let mut plain = JsonLines::new(Vec::new());
        let mut taken = Vec::new();
        for (record, (data, value, seconds)) in records(1, values.len()).into_iter().zip(values) {
            let mut record = record;
            (record.data, record.properties) = (Some(data), Some(value));
            record.at = tollgate::chrono::DateTime::from_timestamp(seconds, 123_456_789).unwrap();
            match Sink::on_success(&mut &log, &record) {
                Ok(()) => {
                    Sink::on_success(&mut plain, &record).unwrap();
                    taken.push(record);
                }
                Err(FileError::Unrecordable { id, cause, .. }) => {
                    prop_assert!(Sink::on_success(&mut plain, &record).is_err());
                    prop_assert_eq!(id, record.id);
                    let field = cause.field.split(['.', '[']).next().unwrap_or_default();
                    prop_assert!(["data", "properties", "at"].contains(&field), "{}", cause);
                }
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            }
        }
        drop(log);
        let follow = JsonLines::follow(&path).unwrap();
        follow.stop().now();
        let bytes = fs::read(&path).unwrap();
        let plain = plain.into_inner().unwrap();
        for read in [
            JsonLines::read(&path).unwrap().collect::<Result<Vec<_>, _>>().unwrap(),
            JsonLines::read(&path).unwrap().chained().collect::<Result<Vec<_>, _>>().unwrap(),
            follow.collect::<Result<Vec<_>, _>>().unwrap(),
            JsonLines::read_from(&bytes[..]).collect::<Result<Vec<_>, _>>().unwrap(),
            JsonLines::read_from(&plain[..]).collect::<Result<Vec<_>, _>>().unwrap(),
        ] {
            prop_assert_eq!(&read, &taken);
        }
        prop_assert_eq!(JsonLines::options().strict(true).open(&path).unwrap().unreadable().count, 0);
    }
}
