//! Batches of a queue: how many records a call has, and what an error in one counts for.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tollgate::Record;
use tollgate::observer::{
    AsyncObserver, Background, BatchError, Failure, Fault, Observer, ObserverError, Retry, WhenFull,
};
use tollgate::uuid::Uuid;

use crate::Tested;
use crate::background::{PATIENCE, ids, offer, records};

/// An observer that takes batches: the first waits for a permission, so that the queue fills meanwhile.
struct Posting<F> {
    posted: Sender<Vec<Uuid>>,
    permission: Receiver<()>,
    answer: F,
}

impl<F: FnMut(&[Record]) -> Result<(), BatchError>> Observer for Posting<F> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.observe_all(std::slice::from_ref(record)).map_err(BatchError::into_error)
    }

    fn observe_all(&mut self, records: &[Record]) -> Result<(), BatchError> {
        self.posted.send(ids(records))?;
        let _ = self.permission.recv();
        (self.answer)(records)
    }
}

fn posting<F>(answer: F) -> (Posting<F>, Receiver<Vec<Uuid>>, Sender<()>) {
    let ((posted, posts), (permits, permission)) = (mpsc::channel(), mpsc::channel());
    (Posting { posted, permission, answer }, posts, permits)
}

type Reports = Arc<Mutex<Vec<(String, usize, u32)>>>;

/// The reports, without the ids: how many records and how many attempts.
fn reporting() -> (Reports, impl FnMut(&Failure<'_>) + Send + 'static) {
    let reports = Reports::default();
    let into = Arc::clone(&reports);
    let report = move |failure: &Failure<'_>| {
        let mut into = into.lock().unwrap_or_else(PoisonError::into_inner);
        into.push((failure.fault.to_string(), failure.records.len(), failure.attempts));
    };
    (reports, report)
}

fn read(reports: &Reports) -> Vec<(String, usize, u32)> {
    reports.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

#[test]
fn batches_hold_at_most_the_maximum_and_keep_the_order() -> Tested {
    let (observer, posts, permits) = posting(|_: &[Record]| Ok(()));
    let background = Background::bounded(100, WhenFull::Wait).batches(4).spawn(observer)?;
    let records = records(11);
    offer(&background, &records[..1])?;
    assert_eq!(posts.recv()?, ids(&records[..1]), "it does not wait for a batch to fill");
    offer(&background, &records[1..])?;
    drop(permits);
    assert_eq!(background.close(PATIENCE).delivered, 11);
    let batches: Vec<_> = posts.iter().collect();
    assert_eq!(batches, [ids(&records[1..5]), ids(&records[5..9]), ids(&records[9..])]);
    Ok(())
}

#[test]
fn error_of_a_batch_counts_for_all_its_records_and_is_reported_once() -> Tested {
    let (reports, report) = reporting();
    let (observer, posts, permits) = posting(|records: &[Record]| match records.len() {
        3 => Err(io::Error::other("503").into()),
        2 => panic!("two are too few"),
        _ => Ok(()),
    });
    let lines = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&lines);
    let mut report = report;
    let background = Background::bounded(100, WhenFull::Wait)
        .named("post")
        .batches(3)
        .on_failure(move |failure| {
            into.lock().unwrap_or_else(PoisonError::into_inner).push(failure.to_string());
            report(failure);
        })
        .spawn(observer)?;
    let records = records(6);
    offer(&background, &records[..1])?;
    posts.recv()?;
    offer(&background, &records[1..])?;
    drop(permits);
    let closed = background.close(PATIENCE);
    assert_eq!((closed.delivered, closed.failures.errors, closed.failures.panics), (6, 3, 2));
    assert_eq!(read(&reports), [("failed: 503".to_owned(), 3, 1), ("panicked: two are too few".to_owned(), 2, 1)]);
    let line = format!("observer `post` failed: 503, on record {} and 2 more", records[1].id);
    assert_eq!(lines.lock().unwrap_or_else(PoisonError::into_inner)[0], line);
    Ok(())
}

#[test]
fn records_that_are_dropped_between_two_end_a_batch() -> Tested {
    struct Counting(Sender<(usize, u64)>, Receiver<()>);
    impl Observer for Counting {
        fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
            Err("it takes batches only".into())
        }

        fn observe_all(&mut self, records: &[Record]) -> Result<(), BatchError> {
            self.0.send((records.len(), 0))?;
            let _ = self.1.recv();
            Ok(())
        }

        fn missed(&mut self, count: u64) {
            let _ = self.0.send((0, count));
        }
    }
    let ((sends, received), (permits, permission)) = (mpsc::channel(), mpsc::channel());
    let background = Background::bounded(3, WhenFull::DropAndCount).batches(2).spawn(Counting(sends, permission))?;
    let records = records(9);
    offer(&background, &records[..1])?;
    assert_eq!(received.recv()?, (1, 0));
    offer(&background, &records[1..5])?; // two are accepted, two dropped
    permits.send(())?;
    assert_eq!(received.recv()?, (2, 0));
    offer(&background, &records[5..7])?; // one is accepted, one dropped
    drop(permits);
    assert_eq!(background.close(PATIENCE).dropped, 3);
    assert_eq!(received.iter().collect::<Vec<_>>(), [(0, 2), (1, 0), (0, 1)]);
    Ok(())
}

#[test]
fn default_of_observe_all_isolates_each_record_and_keeps_the_order() -> Tested {
    let (reports, report) = reporting();
    let (seen, sees) = mpsc::channel();
    let (permits, permission) = mpsc::channel::<()>();
    let mut number = 0;
    let background = Background::bounded(100, WhenFull::Wait).batches(50).on_failure(report).spawn(
        (move |record: &Record| {
            number += 1;
            let _ = seen.send(record.id);
            match number {
                1 => drop(permission.recv()),
                3 => return Err("the third"),
                5 => panic!("the fifth"),
                _ => {}
            }
            Ok(())
        })
        .named("one by one"),
    )?;
    let records = records(8);
    offer(&background, &records)?;
    drop(permits);
    let closed = background.close(PATIENCE);
    assert_eq!((closed.delivered, closed.failures.errors, closed.failures.panics), (8, 1, 1));
    assert_eq!(sees.iter().collect::<Vec<_>>(), ids(&records));
    assert_eq!(read(&reports), [("failed: the third".to_owned(), 1, 1), ("panicked: the fifth".to_owned(), 1, 1)]);
    Ok(())
}

#[test]
fn error_at_a_position_continues_with_the_next_record_and_is_retried_from_there() -> Tested {
    let (reports, report) = reporting();
    let records = records(7);
    let (bad, mut failures) = (records[3].id, 0);
    let (observer, posts, permits) =
        posting(move |records: &[Record]| match records.iter().position(|record| record.id == bad) {
            Some(position) if failures < 2 => {
                failures += 1;
                Err(BatchError::at(position, "not this one"))
            }
            _ => Ok(()),
        });
    let retry = Retry::attempts(2).first_delay(Duration::from_millis(1));
    let background =
        Background::bounded(100, WhenFull::Wait).batches(5).retry(retry).on_failure(report).spawn(observer)?;
    offer(&background, &records[..1])?;
    posts.recv()?;
    offer(&background, &records[1..])?;
    drop(permits);
    let closed = background.close(PATIENCE);
    assert_eq!((closed.delivered, closed.failures.errors), (7, 1));
    assert_eq!(read(&reports), [("failed: not this one".to_owned(), 1, 2)]);
    let batches: Vec<_> = posts.iter().collect();
    assert_eq!(batches, [ids(&records[1..6]), ids(&records[3..6]), ids(&records[4..])], "the rest is filled up again");
    Ok(())
}

#[test]
fn position_beyond_the_batch_counts_as_its_last_record() -> Tested {
    let (reports, report) = reporting();
    let (observer, posts, permits) = posting(|_: &[Record]| Err(BatchError::at(99, "far away")));
    let background = Background::bounded(8, WhenFull::Wait).batches(3).on_failure(report).spawn(observer)?;
    let records = records(4);
    offer(&background, &records[..1])?;
    posts.recv()?;
    offer(&background, &records[1..])?;
    drop(permits);
    let closed = background.close(PATIENCE);
    assert_eq!((closed.delivered, closed.failures.errors), (4, 2));
    assert_eq!(read(&reports).len(), 2);
    Ok(())
}

#[tokio::test]
async fn asynchronous_observers_take_batches_too_and_by_default_one_by_one() -> Tested {
    struct Posting(Sender<usize>);
    impl AsyncObserver for Posting {
        async fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
            Err("it takes batches only".into())
        }

        async fn observe_all(&mut self, records: &[Record]) -> Result<(), BatchError> {
            tokio::task::yield_now().await;
            Ok(self.0.send(records.len())?)
        }
    }
    let (posted, posts) = mpsc::channel();
    let limit = Duration::from_secs(60);
    let observer = Posting(posted).named("post").within(limit, tokio::time::sleep).last();
    let (background, worker) = Background::bounded(100, WhenFull::Wait).batches(4).pair(observer);
    offer(&background, &records(10))?;
    drop(background);
    worker.await;
    assert_eq!(posts.try_iter().collect::<Vec<_>>(), [4, 4, 2]);

    let (reports, report) = reporting();
    let mut number = 0;
    let (background, worker) =
        Background::bounded(100, WhenFull::Wait).batches(0).on_failure(report).pair(move |_: &Record| {
            number += 1;
            let number = number;
            async move {
                assert!(number != 2, "the second");
                if number == 3 { Err("the third") } else { Ok(()) }
            }
        });
    offer(&background, &records(5))?;
    let other = background.clone();
    drop(background);
    let closing = tokio::spawn(other.close_when(std::future::pending::<()>()));
    worker.await;
    assert_eq!(closing.await?.delivered, 5);
    assert_eq!(read(&reports), [("panicked: the second".to_owned(), 1, 1), ("failed: the third".to_owned(), 1, 1)]);
    Ok(())
}

#[test]
fn close_during_a_batch_reports_all_its_records_as_unfinished() -> Tested {
    let (observer, posts, permits) = posting(|_: &[Record]| Ok(()));
    let background = Background::bounded(8, WhenFull::Wait).batches(3).spawn(observer)?;
    let records = records(6);
    offer(&background, &records[..1])?;
    posts.recv()?;
    offer(&background, &records[1..])?;
    permits.send(())?;
    posts.recv()?;
    let closed = background.close(Duration::ZERO);
    assert_eq!((closed.delivered, closed.unfinished.clone()), (1, ids(&records[1..4])));
    assert_eq!(closed.left, records[4..]);
    assert!(closed.to_string().ends_with("1 delivered, 0 of them failed; 0 dropped, 5 left"));
    drop(permits);
    Ok(())
}

#[test]
fn batch_error_displays_which_records_it_counts_for() {
    let whole = BatchError::from("down");
    assert_eq!((whole.position(), whole.to_string().as_str()), (None, "failed: down, on all records of the batch"));
    let one = BatchError::at(3, "bad");
    assert_eq!((one.position(), one.to_string().as_str()), (Some(3), "failed: bad, at position 3 of the batch"));
    assert!(matches!(one.fault(), Fault::Error(_)));
    assert_eq!(one.into_error().to_string(), "bad");
}
