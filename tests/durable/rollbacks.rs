//! Readers of a log while refused commits are rolled back: they lose no record that stays.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tollgate::uuid::Uuid;
use tollgate::{JsonLines, Record};

use crate::clock::records;
use crate::{Tested, directory};

fn lines(records: &[Record]) -> Vec<u8> {
    let mut lines = Vec::new();
    for record in records {
        serde_json::to_writer(&mut lines, record).expect("memory takes all");
        lines.push(b'\n');
    }
    lines
}

fn ids(records: &[Record]) -> Vec<Uuid> {
    records.iter().map(|record| record.id).collect()
}

/// The ids at their last positions: a record that was refused and retried comes twice.
fn last_of_each(returned: &[Uuid]) -> Vec<Uuid> {
    let last: HashMap<_, _> = returned.iter().enumerate().map(|(index, id)| (id, index)).collect();
    returned.iter().enumerate().filter(|(index, id)| last[id] == *index).map(|(_, id)| *id).collect()
}

#[test]
fn follow_after_a_rollback_of_records_it_has_read_ahead_returns_those_that_replace_them() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let (accepted, refused, after) = (records(1, 10), records(2, 790), records(3, 1000));
    // The number of refused records that it has returned: up to more than it reads at once.
    for returned_of_refused in [0, 1, 2, 300, 789, 790] {
        fs::write(&path, [lines(&accepted), lines(&refused)].concat())?;
        let mut follow = JsonLines::follow(&path)?.every(Duration::from_millis(1));
        for wanted in accepted.iter().chain(&refused[..returned_of_refused]) {
            assert_eq!(follow.next().transpose()?.as_ref(), Some(wanted));
        }
        let mut file = OpenOptions::new().append(true).open(&path)?;
        file.set_len(lines(&accepted).len() as u64)?;
        file.write_all(&lines(&after))?;
        follow.stop().now();
        let returned = ids(&follow.collect::<Result<Vec<_>, _>>()?);
        let (of_refused, rest) = returned.split_at(returned.len() - after.len());
        assert_eq!(rest, ids(&after), "after {returned_of_refused}");
        assert!(ids(&refused)[returned_of_refused..].starts_with(of_refused));
    }
    Ok(())
}

#[test]
fn follow_after_a_rollback_of_nearly_1_mib_returns_all_records_that_follow() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    // Nearly 1 MiB is refused, and the whole file has more than 1 MiB: the first chunk has both.
    let accepted = records(1, 100);
    let mut refused = records(2, 5000);
    let mut length = 0;
    refused.retain(|record| {
        length += lines(std::slice::from_ref(record)).len();
        length < (1 << 20) - 1000
    });
    let after = records(3, 12_000);
    fs::write(&path, [lines(&accepted), lines(&refused)].concat())?;
    assert!(fs::metadata(&path)?.len() > 1 << 20 && lines(&accepted).len() < 40_000);
    let mut follow = JsonLines::follow(&path)?;
    assert_eq!(follow.by_ref().take(101).collect::<Result<Vec<_>, _>>()?[..100], accepted);
    let mut file = OpenOptions::new().append(true).open(&path)?;
    file.set_len(lines(&accepted).len() as u64)?;
    file.write_all(&lines(&after))?;
    assert!(fs::metadata(&path)?.len() > 2 << 20);
    follow.stop().now();
    assert!(ids(&follow.collect::<Result<Vec<_>, _>>()?).ends_with(&ids(&after)));
    Ok(())
}

#[test]
fn follow_after_a_rollback_to_lines_of_equal_length_returns_the_changed_line_and_the_next() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let mut batch = records(1, 3);
    fs::write(&path, lines(&batch))?;
    let mut follow = JsonLines::follow(&path)?;
    for record in &batch {
        assert_eq!(follow.next().transpose()?.as_ref(), Some(record));
    }
    // The second is replaced by one of the same length; the third is retried, and has its old position.
    batch[1].id = Uuid::from_u128(7);
    fs::write(&path, lines(&batch))?;
    follow.stop().now();
    assert_eq!(follow.collect::<Result<Vec<_>, _>>()?, batch[1..]);
    Ok(())
}

#[test]
fn read_during_a_rollback_returns_the_records_that_stay() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let (accepted, refused, after) = (records(1, 10), records(2, 790), records(3, 1000));
    fs::write(&path, [lines(&accepted), lines(&refused)].concat())?;
    let mut reading = JsonLines::read(&path)?;
    let begun: Vec<_> = reading.by_ref().take(12).collect::<Result<_, _>>()?;
    assert_eq!(begun[10..], refused[..2]);
    let mut file = OpenOptions::new().append(true).open(&path)?;
    file.set_len(lines(&accepted).len() as u64)?;
    file.write_all(&lines(&after))?;
    let rest = ids(&reading.collect::<Result<Vec<_>, _>>()?);
    assert!(rest.ends_with(&ids(&after)));
    Ok(())
}

/// Writes commits of one to 300 records, rolls back every other one, retries half of those, and returns the ids that stay.
fn write(path: &Path) -> Result<Vec<Uuid>, std::io::Error> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    let mut stays = Vec::new();
    for round in 0..300_usize {
        let batch = records(round as u64, [1, 3, 300, 2, 40][round % 5]);
        let length = file.metadata()?.len();
        let bytes = lines(&batch);
        let (first, second) = bytes.split_at(bytes.len() / 2);
        file.write_all(first)?;
        file.write_all(second)?;
        if round % 2 == 0 {
            thread::sleep(Duration::from_micros(round as u64 % 7 * 100));
            file.set_len(length)?;
            if round % 4 == 0 {
                continue;
            }
            file.write_all(&bytes)?;
        }
        stays.extend(ids(&batch));
    }
    Ok(stays)
}

#[test]
fn read_and_follow_during_many_rollbacks_return_all_that_stays_in_order() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    fs::write(&path, "")?;
    let follow = JsonLines::follow(&path)?.every(Duration::from_micros(100));
    let stop = follow.stop();
    let is_done = AtomicBool::new(false);
    let (sender, returned) = channel();
    let stays = thread::scope(|scope| {
        scope.spawn(|| {
            for record in follow {
                sender.send(record.map(|record| record.id)).expect("the test listens");
            }
            drop(sender);
        });
        scope.spawn(|| {
            while !is_done.load(Ordering::Acquire) {
                for record in JsonLines::read(&path).expect("there is a log") {
                    record.expect("each line is a record");
                }
            }
        });
        let stays = write(&path);
        is_done.store(true, Ordering::Release);
        stop.now();
        stays
    })?;
    let returned: Vec<_> = returned.into_iter().collect::<Result<_, _>>()?;
    let kept: std::collections::HashSet<_> = stays.iter().copied().collect();
    let returned: Vec<_> = last_of_each(&returned).into_iter().filter(|id| kept.contains(id)).collect();
    assert_eq!(returned.len(), stays.len());
    assert!(returned == stays, "they are not in order");
    Ok(())
}
