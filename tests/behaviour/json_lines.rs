//! JSON Lines over writers that fail: no half line of a refused commit, every accepted one once and in order.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use proptest::prelude::*;
use tollgate::{BatchSink, Cause, JsonLines, Record, Sink, ValueError};

use crate::Tested;
use crate::report::{draft, in_review};
use crate::trail::versions;

/// The behaviour of a writer in one call.
#[derive(Debug, Clone, Copy)]
enum Turn {
    /// Takes at most this many bytes.
    Take(usize),
    Fail(ErrorKind),
    Panic,
}

/// A writer that follows a script, and then takes everything.
#[derive(Debug, Clone, Default)]
struct Scripted {
    written: Rc<RefCell<Vec<u8>>>,
    script: Rc<RefCell<VecDeque<Turn>>>,
    fails_to_flush: Rc<RefCell<bool>>,
}

impl Scripted {
    fn of(script: impl IntoIterator<Item = Turn>) -> Self {
        Self { script: Rc::new(RefCell::new(script.into_iter().collect())), ..Self::default() }
    }

    fn then(&self, script: impl IntoIterator<Item = Turn>) {
        self.script.borrow_mut().extend(script);
    }

    /// The bytes that the writer has received.
    fn records(&self) -> io::Result<Vec<Record>> {
        JsonLines::read_from(&self.written.borrow()[..]).collect()
    }
}

impl Write for Scripted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let turn = self.script.borrow_mut().pop_front();
        let count = match turn {
            None => bytes.len(),
            Some(Turn::Take(count)) => count.min(bytes.len()),
            Some(Turn::Fail(kind)) => return Err(kind.into()),
            Some(Turn::Panic) => panic!("the writer panics"),
        };
        self.written.borrow_mut().extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        if *self.fails_to_flush.borrow() { Err(ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}

/// Commits comments until `wanted` were accepted; retries a refused step.
fn commit_until<W: Write>(lines: &mut JsonLines<W>, wanted: u64) -> Vec<ErrorKind> {
    let mut errors = Vec::new();
    let mut report = in_review().0;
    while report.version() < 2 + wanted {
        let mut step = report.comment().because("x");
        report = loop {
            match step.commit(&mut *lines) {
                Ok(report) => break report,
                Err(refused) => {
                    let Cause::Sink(error) = refused.cause() else { panic!("{refused}") };
                    errors.push(error.kind());
                    step = refused.into_step();
                }
            }
        };
    }
    errors
}

#[test]
fn short_writes_and_interruptions_are_no_failures() -> Tested {
    let script = (0..2000).map(|turn| if turn % 3 == 0 { Turn::Fail(ErrorKind::Interrupted) } else { Turn::Take(1) });
    let writer = Scripted::of(script);
    let mut lines = JsonLines::with_capacity(64, writer.clone());
    assert!(commit_until(&mut lines, 10).is_empty());
    lines.flush()?;
    assert_eq!(versions(&writer.records()?), (3..=12).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn a_refused_commit_leaves_no_half_line() -> Tested {
    let writer = Scripted::default();
    // With a capacity of 0, every commit writes the line that the last one left.
    let mut lines = JsonLines::with_capacity(0, writer.clone());
    let report = in_review().0.comment().because("accepted").commit(&mut lines)?;
    writer.then([Turn::Take(7), Turn::Fail(ErrorKind::WouldBlock)]);
    let refused = report.comment().because("refused").commit(&mut lines).expect_err("it would block");
    assert!(matches!(refused.cause(), Cause::Sink(error) if error.kind() == ErrorKind::WouldBlock));
    assert_eq!(writer.written.borrow().len(), 7, "the accepted line was half written");

    // The refused line is discarded; the accepted one is there, once and whole.
    drop(refused);
    lines.flush()?;
    let [record] = &writer.records()?[..] else { return Err("one record".into()) };
    assert_eq!(record.reason.as_deref(), Some("accepted"));
    Ok(())
}

#[test]
fn a_writer_that_fails_for_a_while_loses_and_repeats_nothing() -> Tested {
    let fail = Turn::Fail(ErrorKind::StorageFull);
    let writer =
        Scripted::of([fail, Turn::Take(3), fail, fail, Turn::Take(100), Turn::Take(0), fail, Turn::Take(1000), fail]);
    let mut lines = JsonLines::with_capacity(1, writer.clone());
    let errors = commit_until(&mut lines, 20);
    assert_eq!(errors.iter().filter(|kind| **kind == ErrorKind::StorageFull).count(), 5);
    assert_eq!(errors.iter().filter(|kind| **kind == ErrorKind::WriteZero).count(), 1);
    let _ = lines.into_inner()?;
    assert_eq!(versions(&writer.records()?), (3..=22).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn a_batch_that_meets_a_failing_writer_is_taken_all_or_none() -> Tested {
    let (_, records) = in_review();
    let writer = Scripted::default();
    let mut lines = JsonLines::with_capacity(1, writer.clone());
    lines.on_success_all(&records)?;
    writer.then([Turn::Take(10), Turn::Fail(ErrorKind::StorageFull)]);
    assert!(lines.on_success_all(&records).is_err());
    lines.flush()?;
    assert_eq!(writer.records()?, records);
    Ok(())
}

#[test]
fn flush_and_into_inner_give_the_writers_error_and_keep_the_rest() -> Tested {
    let (report, _) = draft();
    let writer = Scripted::of([Turn::Take(5), Turn::Fail(ErrorKind::StorageFull)]);
    let mut lines = JsonLines::new(writer.clone());
    let _ = report.archive().commit(&mut lines)?;
    assert_eq!(lines.flush().map_err(|error| error.kind()), Err(ErrorKind::StorageFull));
    *writer.fails_to_flush.borrow_mut() = true;
    assert_eq!(lines.flush().map_err(|error| error.kind()), Err(ErrorKind::BrokenPipe));
    assert_eq!(versions(&writer.records()?), [2]);
    assert_eq!(lines.into_inner().map(drop).map_err(|error| error.kind()), Err(ErrorKind::BrokenPipe));
    assert_eq!(versions(&writer.records()?), [2], "nothing was written twice");
    Ok(())
}

#[test]
fn what_was_accepted_is_written_on_drop() -> Tested {
    let writer = Scripted::default();
    let mut lines = JsonLines::new(writer.clone());
    let _ = in_review().0.comment().because("x").commit(&mut lines)?;
    assert!(writer.written.borrow().is_empty() && lines.get_ref().is_some());
    drop(lines);
    assert_eq!(versions(&writer.records()?), [3]);
    Ok(())
}

#[test]
fn what_was_accepted_is_written_though_a_panic_passes_by() -> Tested {
    let writer = Scripted::default();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut lines = JsonLines::new(writer.clone());
        let _ = in_review().0.comment().because("x").commit(&mut lines);
        panic!("the program panics, and the machine has moved");
    }));
    assert!(outcome.is_err());
    assert_eq!(versions(&writer.records()?), [3], "an accepted record was lost");
    Ok(())
}

#[test]
fn a_writer_that_panics_is_not_given_the_same_bytes_again() -> Tested {
    let writer = Scripted::default();
    let mut lines = JsonLines::with_capacity(0, writer.clone());
    let report = in_review().0.comment().because("x").commit(&mut lines)?;
    writer.then([Turn::Take(9), Turn::Panic]);
    let outcome = catch_unwind(AssertUnwindSafe(|| report.comment().because("y").commit(&mut lines)));
    assert!(outcome.is_err());
    assert_eq!(writer.written.borrow().len(), 9);
    lines.flush()?;
    assert_eq!(versions(&writer.records()?), [3], "what was written once was written again");
    Ok(())
}

#[test]
fn refusals_are_written_with_the_rest() -> Tested {
    let mut lines = JsonLines::new(Vec::new());
    let (report, _) = in_review();
    let refused = report.reject().by("bob").because("").commit(&mut lines).expect_err("the reason is blank");
    let _ = refused.into_step().because("no sources").commit(&mut lines)?;
    let written = lines.into_inner()?;
    let records = JsonLines::read_from(&written[..]).collect::<Result<Vec<_>, _>>()?;
    let kinds: Vec<_> = records.iter().map(Record::is_change).collect();
    assert_eq!(kinds, [false, true]);
    assert_eq!(records[0].refused_by.as_deref(), Some("reason"));
    Ok(())
}

#[test]
fn sink_on_record_that_cannot_be_read_back_refuses_it_by_field() -> Tested {
    let (_, records) = in_review();
    let mut deep = records[0].clone();
    deep.properties = Some((0..126).fold(1.into(), |value, _| serde_json::Value::Array(vec![value])));
    let mut leap = records[0].clone();
    leap.at = tollgate::chrono::DateTime::from_timestamp(1_483_228_799, 1_500_000_000).ok_or("a leap second")?;
    for (record, field) in [(deep, "properties"), (leap, "at")] {
        let mut lines = JsonLines::new(Vec::new());
        let batch = [records.clone(), vec![record.clone()]].concat();
        let errors = [
            Sink::on_success(&mut lines, &record).err(),
            Sink::on_refusal(&mut lines, &record).err(),
            BatchSink::on_success_all(&mut lines, &batch).err(),
        ];
        for error in errors {
            let error = error.ok_or("it is taken")?;
            assert_eq!(error.kind(), ErrorKind::InvalidData);
            let named = error.get_ref().and_then(|error| error.downcast_ref::<ValueError>()).ok_or("a cause")?;
            assert!(named.field.starts_with(field), "{named}");
        }
        assert!(lines.into_inner()?.is_empty(), "nothing is written, and nothing of the batch");
    }
    Ok(())
}

#[test]
fn read_from_with_a_byte_order_mark_skips_it_only_at_the_start() -> Tested {
    let (_, records) = in_review();
    let line = [&records[0].canonical()[..], b"\r\n"].concat();
    let marked = [&b"\xef\xbb\xbf"[..], &line].concat();
    let text = [&marked[..], &marked, &line].concat();
    let read: Vec<_> = JsonLines::read_from(&text[..]).collect();
    let [Ok(first), Err(error), Ok(third)] = &read[..] else { return Err(format!("{read:?}").into()) };
    assert_eq!((first, third), (&records[0], &records[0]));
    let wanted = format!(
        "line 2 is not a record (id {}): it begins with a byte order mark, which is allowed only at the start of a file",
        records[0].id
    );
    assert_eq!(error.to_string(), wanted);
    Ok(())
}

/// Either of two writers.
#[cfg(target_os = "linux")]
enum Disk {
    Full(std::fs::File),
    Roomy(Vec<u8>),
}

#[cfg(target_os = "linux")]
impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Disk::Full(file) => file.write(bytes),
            Disk::Roomy(memory) => memory.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The device that is always full: it is a file, and every write to it fails as on a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_refuses_and_room_on_it_mends_all() -> Tested {
    let mut disk = Disk::Full(std::fs::OpenOptions::new().write(true).open("/dev/full")?);
    // A writer behind a reference can be exchanged while the sink keeps what it has accepted.
    struct Behind<'a>(&'a RefCell<Disk>);
    impl Write for Behind<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    if let Disk::Full(file) = &mut disk {
        assert_eq!(file.write(b"x").map_err(|error| error.kind()), Err(ErrorKind::StorageFull));
    }
    let disk = RefCell::new(disk);
    let mut lines = JsonLines::with_capacity(1, Behind(&disk));
    let report = in_review().0.comment().because("x").commit(&mut lines)?;
    let refused = report.comment().because("y").commit(&mut lines).expect_err("the disk is full");
    assert!(matches!(refused.cause(), Cause::Sink(error) if error.kind() == ErrorKind::StorageFull));
    assert_eq!(lines.flush().map_err(|error| error.kind()), Err(ErrorKind::StorageFull));
    *disk.borrow_mut() = Disk::Roomy(Vec::new());
    let _ = refused.into_step().commit(&mut lines)?;
    drop(lines);
    let Disk::Roomy(written) = disk.into_inner() else { return Err("it has room now".into()) };
    assert_eq!(versions(&JsonLines::read_from(&written[..]).collect::<Result<Vec<_>, _>>()?), [3, 4]);
    Ok(())
}

#[cfg(not(target_os = "linux"))]
#[test]
#[ignore = "there is no /dev/full here, which stands for a full disk"]
fn a_full_disk_refuses_and_room_on_it_mends_all() {}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        4 => (0_usize..600).prop_map(Turn::Take),
        1 => Just(Turn::Fail(ErrorKind::Interrupted)),
        2 => Just(Turn::Fail(ErrorKind::StorageFull)),
        1 => Just(Turn::Fail(ErrorKind::WouldBlock)),
    ];
    prop::collection::vec(turn, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_writer_does_each_accepted_record_is_there_once_in_order(
        script in turns(),
        capacity in 0_usize..1000,
        wanted in 1_u64..20,
    ) {
        let writer = Scripted::of(script);
        let mut lines = JsonLines::with_capacity(capacity, writer.clone());
        commit_until(&mut lines, wanted);
        while lines.flush().is_err() {}
        let records = writer.records().expect("whole lines");
        prop_assert_eq!(versions(&records), (3..3 + wanted).collect::<Vec<_>>());
        let _ = lines.on_refusal(&records[0]);
    }
}
