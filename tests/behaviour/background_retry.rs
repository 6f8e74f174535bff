//! Deliveries that are attempted again: the order, the number of attempts, and the end.

use std::error::Error;
use std::fmt;
use std::future::pending;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tollgate::events::{Login, Logout};
use tollgate::hub::Unregistered;
use tollgate::observer::{AsyncObserver, Background, Failures, Observer, Retry, WhenFull};
use tollgate::uuid::Uuid;
use tollgate::{Event, Hub, Record, sink};

use crate::Tested;
use crate::background::{PATIENCE, ids, offer, records};

const SOON: Duration = Duration::from_millis(1);

/// An observer that fails this many times on each of these records.
fn failing(times: usize, on: Vec<Uuid>, seen: Sender<Uuid>) -> impl FnMut(&Record) -> Result<(), &'static str> {
    let mut failed = 0;
    move |record| {
        let _ = seen.send(record.id);
        if on.contains(&record.id) && failed < times {
            failed += 1;
            return Err("503");
        }
        failed = 0;
        Ok(())
    }
}

#[test]
fn error_is_attempted_again_and_the_order_is_kept() -> Tested {
    let records = records(3);
    let (seen, sees) = mpsc::channel();
    let background = Background::bounded(8, WhenFull::Wait)
        .retry(Retry::attempts(4).first_delay(SOON))
        .spawn(failing(3, ids(&records[..2]), seen))?;
    offer(&background, &records)?;
    let closed = background.close(PATIENCE);
    assert_eq!((closed.delivered, closed.failures.total()), (3, 0), "a success after a retry is no failure");
    let [first, second, third] = ids(&records)[..] else { return Err("three records".into()) };
    let expected = [[first; 4].as_slice(), &[second; 4], &[third]].concat();
    assert_eq!(sees.iter().collect::<Vec<_>>(), expected);
    Ok(())
}

#[test]
fn error_of_the_last_attempt_is_a_failure_with_the_number_of_attempts() -> Tested {
    let records = records(2);
    let (seen, sees) = mpsc::channel();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&lines);
    let background = Background::bounded(8, WhenFull::Wait)
        .named("post")
        .on_failure(move |failure| into.lock().unwrap_or_else(PoisonError::into_inner).push(failure.to_string()))
        .retry(Retry::attempts(3).first_delay(SOON).factor(1))
        .spawn(failing(usize::MAX, ids(&records[..1]), seen))?;
    offer(&background, &records)?;
    let closed = background.close(PATIENCE);
    assert_eq!((closed.delivered, closed.failures.errors), (2, 1));
    let line = format!("observer `post` failed: 503, on record {}, after 3 attempts", records[0].id);
    assert_eq!(*lines.lock().unwrap_or_else(PoisonError::into_inner), [line]);
    assert_eq!(sees.iter().count(), 4);
    Ok(())
}

#[test]
fn panic_is_not_retried() -> Tested {
    let mut calls = 0;
    let background = Background::bounded(8, WhenFull::Wait).retry(Retry::attempts(5).first_delay(SOON)).spawn(
        move |_: &Record| {
            calls += 1;
            assert!(calls != 2, "the second attempt panics");
            if calls == 1 { Err("the first fails") } else { Ok(()) }
        },
    )?;
    offer(&background, &records(2))?;
    let closed = background.close(PATIENCE);
    assert_eq!((closed.delivered, counts(&closed.failures)), (2, (0, 1)));
    Ok(())
}

fn counts(failures: &Failures) -> (u64, u64) {
    (failures.errors, failures.panics)
}

#[test]
fn batch_is_repeated_with_the_same_records() -> Tested {
    use tollgate::observer::{BatchError, ObserverError};
    struct Posting(Sender<usize>, mpsc::Receiver<()>, usize);
    impl Observer for Posting {
        fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
            Err("it takes batches only".into())
        }

        fn observe_all(&mut self, records: &[Record]) -> Result<(), BatchError> {
            self.0.send(records.len())?;
            let _ = self.1.recv();
            self.2 += 1;
            if self.2 == 1 { Err("503".into()) } else { Ok(()) }
        }
    }
    let ((posted, posts), (permits, permission)) = (mpsc::channel(), mpsc::channel());
    let background = Background::bounded(20, WhenFull::Wait)
        .batches(10)
        .retry(Retry::attempts(2).first_delay(SOON))
        .spawn(Posting(posted, permission, 0))?;
    let records = records(6);
    offer(&background, &records[..1])?;
    posts.recv()?;
    offer(&background, &records[1..])?;
    drop(permits);
    assert_eq!(background.close(PATIENCE).failures.total(), 0);
    assert_eq!(posts.iter().collect::<Vec<_>>(), [1, 5], "the second call repeats the first record alone");
    Ok(())
}

#[test]
fn close_during_a_delay_holds_its_deadline_and_gives_the_record_back() -> Tested {
    let (seen, sees) = mpsc::channel();
    let records = records(3);
    let background = Background::bounded(8, WhenFull::Wait)
        .retry(Retry::attempts(2).first_delay(Duration::from_secs(3600)).longest_delay(Duration::MAX))
        .spawn(failing(1, ids(&records[..1]), seen))?;
    offer(&background, &records)?;
    assert_eq!(sees.recv()?, records[0].id);
    let begun = Instant::now();
    let closed = background.close(Duration::from_millis(50));
    assert!((50..5_000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    assert_eq!((closed.delivered, closed.unfinished.len(), closed.left), (0, 0, records));
    // The channel ends when the worker does, which does not sleep to the end.
    assert_eq!(sees.iter().count(), 0);
    assert!(begun.elapsed() < Duration::from_secs(60));
    Ok(())
}

#[test]
fn close_with_time_enough_waits_for_the_next_attempt() -> Tested {
    let (seen, sees) = mpsc::channel();
    let records = records(2);
    let background = Background::bounded(8, WhenFull::Wait)
        .retry(Retry::attempts(2).first_delay(Duration::from_millis(50)))
        .spawn(failing(1, ids(&records[..1]), seen))?;
    offer(&background, &records)?;
    assert_eq!(sees.recv()?, records[0].id);
    assert_eq!(background.close(PATIENCE).delivered, 2);
    Ok(())
}

#[test]
fn queue_fills_during_a_delay() -> Tested {
    let (seen, sees) = mpsc::channel();
    let records = records(5);
    let background = Background::bounded(2, WhenFull::DropAndCount)
        .retry(Retry::attempts(2).first_delay(Duration::from_secs(3600)).longest_delay(Duration::MAX))
        .spawn(failing(1, ids(&records[..1]), seen))?;
    offer(&background, &records[..1])?;
    sees.recv()?;
    offer(&background, &records[1..])?;
    assert_eq!((background.undelivered(), background.dropped()), (2, 3), "the record that is retried has a place too");
    assert_eq!(background.close(Duration::ZERO).dropped, 3);
    Ok(())
}

#[test]
fn flush_waits_for_the_attempts() -> Tested {
    let (seen, sees) = mpsc::channel();
    let records = records(1);
    let background = Background::bounded(2, WhenFull::Wait)
        .retry(Retry::attempts(3).first_delay(SOON))
        .spawn(failing(2, ids(&records), seen))?;
    offer(&background, &records)?;
    background.flush(PATIENCE)?;
    assert_eq!(sees.try_iter().count(), 3);
    Ok(())
}

#[tokio::test]
async fn worker_that_is_a_future_sleeps_by_the_timer_of_the_caller() -> Tested {
    let (slept, sleeps) = mpsc::channel();
    let mut failed = 0;
    let observer = move |_: &Record| {
        failed += 1;
        std::future::ready(if failed < 4 { Err("503") } else { Ok(()) })
    };
    let (background, worker) = Background::bounded(8, WhenFull::Wait)
        .retry(Retry::attempts(4).first_delay(Duration::from_millis(2)).factor(3))
        .pair_with(observer.named("post"), move |delay| {
            let _ = slept.send(delay);
            tokio::time::sleep(delay)
        });
    offer(&background, &records(2))?;
    let worker = tokio::spawn(worker);
    let closed = background.close_when(pending::<()>()).await;
    worker.await?;
    assert_eq!((closed.delivered, closed.failures.total()), (2, 0));
    assert_eq!(sleeps.iter().map(|delay| delay.as_millis()).collect::<Vec<_>>(), [2, 6, 18]);
    Ok(())
}

#[tokio::test]
async fn close_when_during_a_delay_of_a_future_ends_at_its_deadline() -> Tested {
    let (tried, tries) = mpsc::channel();
    let observer = move |_: &Record| {
        let _ = tried.send(());
        std::future::ready(Err::<(), _>("503"))
    };
    let (background, worker) =
        Background::bounded(8, WhenFull::Wait).retry(Retry::attempts(9)).pair_with(observer, |_| pending::<()>());
    let worker = tokio::spawn(worker);
    let records = records(2);
    offer(&background, &records)?;
    while tries.try_recv().is_err() {
        tokio::task::yield_now().await;
    }
    let closed = background.close_when(tokio::time::sleep(SOON)).await;
    assert_eq!((closed.left, closed.unfinished.len()), (records, 0));
    worker.await?; // it ends, although its timer never does
    Ok(())
}

/// A hub that knows no event, and sends a line for each failure that it reports itself.
fn hub_without_events(reports: Sender<String>) -> Hub<'static> {
    let mut hub = Hub::new();
    hub.on_failure(move |failure| drop(reports.send(failure.observer.to_owned())));
    hub
}

/// Closes the queue after a login and a logout, neither of which can be delivered.
fn closed_after_two_events(background: Background) -> Result<(u64, u64), Box<dyn Error>> {
    let mut log = sink::adapt(Vec::new()).observed_by(background.clone());
    Login.occurred().commit(&mut log)?;
    Logout.occurred().commit(&mut log)?;
    let closed = background.close(PATIENCE);
    assert_eq!((closed.left.len(), closed.unfinished.len()), (0, 0), "no record waits for another attempt");
    Ok((closed.delivered, closed.failures.errors))
}

#[test]
fn event_that_is_not_registered_in_the_hub_is_not_retried() -> Tested {
    let forever = || Retry::attempts(5).first_delay(Duration::MAX).longest_delay(Duration::MAX);
    let builder = || Background::bounded(8, WhenFull::Wait).retry(forever());
    let (reports, reported) = mpsc::channel();
    let hub = || hub_without_events(reports.clone());
    assert_eq!(closed_after_two_events(builder().spawn(hub())?)?, (2, 2));
    assert_eq!(closed_after_two_events(builder().spawn(hub().shared())?)?, (2, 2));
    assert_eq!(closed_after_two_events(builder().batches(2).spawn(hub())?)?, (2, 2));
    assert_eq!(reported.try_iter().count(), 6, "each event is reported once");
    Ok(())
}

/// An error of a user that has the hub's error as its source.
#[derive(Debug)]
struct NotForwarded(Unregistered);

impl fmt::Display for NotForwarded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the record was not forwarded")
    }
}

impl Error for NotForwarded {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn error_with_unregistered_as_its_source_is_not_retried() -> Tested {
    let (reports, reported) = mpsc::channel();
    let mut hub = hub_without_events(reports);
    let background = Background::bounded(8, WhenFull::Wait)
        .retry(Retry::attempts(5).first_delay(Duration::MAX).longest_delay(Duration::MAX))
        .spawn(move |record: &Record| hub.notify(record).map_err(NotForwarded))?;
    assert_eq!(closed_after_two_events(background)?, (2, 2));
    assert_eq!(reported.try_iter().count(), 2);
    Ok(())
}
