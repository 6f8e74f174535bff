//! Reading and following: positions, unreadable lines, unfinished lines, rotated files.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tollgate::JsonLines;
use tollgate::file::{FileError, LinePosition, Rotation};

use crate::clock::{self, assert_in_order, created, tick};
use crate::{Tested, directory, read};

#[test]
fn with_positions_over_rotation_returns_where_each_line_is() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(1000)).open(&path)?;
    tick(created(1, &log), 10, &log);
    let placed: Vec<_> = JsonLines::read(&path)?.with_positions().collect::<Result<_, _>>()?;
    assert!(placed.len() == 11 && placed.iter().any(|(place, _)| place.file.ends_with("trail.000002.jsonl")));
    for (LinePosition { file, line, byte, .. }, record) in placed {
        let text = fs::read(&file)?;
        let there = text[usize::try_from(byte)?..].split(|byte| *byte == b'\n').next().ok_or("a line")?;
        let record = record.canonical();
        assert!(there.starts_with(&record[..record.len() - 1]), "the line of the record is there");
        assert_eq!(line, text[..usize::try_from(byte)?].split(|byte| *byte == b'\n').count() as u64);
    }
    Ok(())
}

#[test]
fn read_of_an_unreadable_line_names_it_and_returns_the_next() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    tick(created(1, &log), 2, &log);
    let finished = directory.path().join("trail.000002.jsonl");
    let whole = fs::read(&finished)?;
    fs::write(&finished, [b"\n{\"v\":1}\n\xff\xfe\n", &whole[..]].concat())?;
    let read: Vec<_> = JsonLines::read(&path)?.collect();
    let finished = fs::canonicalize(finished)?;
    let [Ok(_), Err(first), Err(second), Ok(_), Ok(_)] = &read[..] else { return Err(format!("{read:?}").into()) };
    for (error, wanted) in [(first, (2, 1)), (second, (3, 9))] {
        let FileError::NotARecord { path, line, byte, .. } = error else { return Err(error.clone().into()) };
        assert_eq!((path, (*line, *byte)), (&finished, wanted));
    }
    Ok(())
}

#[test]
fn read_of_a_last_line_without_a_newline_reports_it_as_unfinished() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    tick(created(1, &log), 1, &log);
    let whole = fs::read(&path)?;
    // The record is whole, but its writer may still be writing the line.
    fs::write(&path, &whole[..whole.len() - 1])?;
    let mut records = JsonLines::read(&path)?;
    assert!(records.next().is_some_and(|record| record.is_ok()) && records.unfinished().is_none());
    assert!(records.next().is_none());
    let place = records.unfinished().ok_or("a line without an end")?;
    assert_eq!(
        (place.line, place.byte),
        (2, whole.iter().position(|byte| *byte == b'\n').ok_or("two lines")? as u64 + 1)
    );
    Ok(())
}

#[test]
fn read_without_a_log_is_an_error_and_without_a_current_file_returns_the_finished_ones() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let error = JsonLines::read(&path).err().ok_or("there is none")?;
    assert_eq!(error.kind(), Some(std::io::ErrorKind::NotFound));
    assert!(JsonLines::follow(&path).is_err());
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    tick(created(1, &log), 2, &log);
    drop(log);
    // As a crash leaves it between the renaming of one file and the creation of the next.
    fs::rename(&path, directory.path().join("trail.000003.jsonl"))?;
    assert_eq!(read(&path).len(), 3);
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    let _ = created(2, &log);
    let _ = created(3, &log);
    assert!(directory.path().join("trail.000004.jsonl").exists());
    assert_eq!(read(&path).len(), 5);
    Ok(())
}

#[test]
fn follow_over_rotations_returns_all_in_order_until_it_is_stopped() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(1500)).open(&path)?;
    let (clock, _) = tick(created(1, &log), 50, &log);
    let all = JsonLines::follow(&path)?.every(Duration::from_micros(50));
    let new = JsonLines::follow(&path)?.from_end()?.every(Duration::from_micros(200));
    let stops = [all.stop(), new.stop()];
    let (all, new) = thread::scope(|scope| {
        let all = scope.spawn(|| all.collect::<Result<Vec<_>, _>>());
        let new = scope.spawn(|| new.collect::<Result<Vec<_>, _>>());
        tick(clock, 1000, &log);
        // Records that are there now are still returned.
        stops.iter().for_each(tollgate::file::Stop::now);
        (all.join().expect("no panic"), new.join().expect("no panic"))
    });
    let (all, new) = (all?, new?);
    assert_eq!(all, read(&path));
    assert_in_order(&all);
    assert_eq!(new, all[51..]);
    Ok(())
}

#[test]
fn follow_waits_for_a_whole_line_and_drops_one_that_is_rolled_back() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let mut records = clock::records(1, 3);
    records[2].reason = Some("a longer line".to_owned());
    let lines: Vec<Vec<u8>> = records
        .iter()
        .map(|record| serde_json::to_vec(record).map(|line| [&line[..], b"\n"].concat()))
        .collect::<Result<_, _>>()?;
    fs::write(&path, &lines[0])?;
    let mut follow = JsonLines::follow(&path)?.every(Duration::from_millis(1));
    let stop = follow.stop();
    let (sender, returned) = channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            while let Some(item) = follow.next_with_position() {
                let (place, record) = item.expect("no line is broken");
                sender.send((place.line, record)).expect("the test listens");
            }
        });
        let mut file = OpenOptions::new().append(true).open(&path)?;
        assert_eq!(returned.recv()?, (1, records[0].clone()));
        for byte in &lines[1][..lines[1].len() - 1] {
            file.write_all(&[*byte])?;
        }
        assert!(returned.try_recv().is_err(), "a line without its end");
        // The writer rolls it back, and writes another line.
        file.set_len(lines[0].len() as u64)?;
        file.write_all(&lines[2])?;
        assert_eq!(returned.recv()?, (2, records[2].clone()));
        // It rolls that back too, after the follower has returned it: the follower continues from there.
        file.set_len(lines[0].len() as u64)?;
        file.write_all(&lines[1])?;
        assert_eq!(returned.recv()?, (2, records[1].clone()));
        stop.now();
        Ok(())
    })
}
