//! How an observer behind a queue ends: the records delivered, the records left, and no caller that hangs.

use std::future::{pending, ready};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use tollgate::observer::{AsyncObserver, Background, Observer, ObserverError, WhenFull};
use tollgate::{Record, sink};

use crate::Tested;
use crate::background::{PATIENCE, counts_of, gated, ids, offer, records};
use crate::report::in_review;

#[test]
fn close_whose_time_is_up_returns_the_records_left_undelivered() -> Tested {
    let (observer, begins, lets_on) = gated();
    let background = Background::bounded(8, WhenFull::Wait).spawn(observer)?;
    let records = records(6);
    offer(&background, &records[..2])?;
    lets_on.send(())?;
    assert_eq!((begins.recv()?, begins.recv()?), (records[0].id, records[1].id), "it is busy with the second");
    offer(&background, &records[2..])?;
    let closed = background.close(Duration::ZERO);
    assert_eq!(counts_of(&closed), (1, 0, 4, Some(records[1].id)));
    assert_eq!(closed.left, records[2..]);
    let words = "observer `gated`: 1 delivered, 0 of them failed; 0 dropped, 5 left";
    assert_eq!(closed.to_string(), words);
    drop(lets_on);
    assert_eq!(begins.iter().next(), None, "the worker ends with what it was busy with");
    Ok(())
}

#[test]
fn record_after_close_is_dropped_counted_and_an_error_for_the_sink() -> Tested {
    let background = Background::bounded(8, WhenFull::Wait).named("usage").spawn(|_: &Record| ())?;
    let other = background.clone();
    assert_eq!(counts_of(&background.close(PATIENCE)), (0, 0, 0, None));
    let mut words = Vec::new();
    let mut observed = sink::adapt(Vec::new())
        .observed_by(other.clone())
        .on_failure(|failure| words.push((failure.observer.to_owned(), failure.fault.to_string())));
    let report = in_review().0.comment().because("x").commit(&mut observed)?;
    assert_eq!(report.version(), 3, "the transition does not notice");
    drop(observed);
    let expected = "failed: `usage` is closed and did not accept the record; close it after the last commit";
    assert_eq!(words, [("usage".to_owned(), expected.to_owned())]);
    assert_eq!((other.dropped(), other.close(PATIENCE).dropped), (1, 1));
    Ok(())
}

#[test]
fn commit_that_waits_for_a_free_place_returns_when_the_queue_is_closed() -> Tested {
    let (observer, begins, lets_on) = gated();
    let background = Background::bounded(1, WhenFull::Wait).spawn(observer)?;
    let records = records(3);
    offer(&background, &records[..1])?;
    begins.recv()?;
    // It is full until it is closed: both threads come back only by that.
    let waiting = records[1..].iter().cloned().map(|record| {
        let background = background.clone();
        thread::spawn(move || offer(&background, &[record]).map_err(|error| error.to_string()))
    });
    let waiting: Vec<_> = waiting.collect();
    let closed = background.clone().close(Duration::ZERO);
    assert_eq!((closed.left.len(), closed.unfinished), (0, vec![records[0].id]));
    for thread in waiting {
        let answer = thread.join().map_err(|_| "it panicked")?;
        assert_eq!(
            answer,
            Err("`gated` is closed and did not accept the record; close it after the last commit".to_owned())
        );
    }
    assert_eq!(background.dropped(), 2);
    drop(lets_on);
    Ok(())
}

#[test]
fn close_with_everything_delivered_returns_after_the_observer_is_dropped() -> Tested {
    struct Flushing(Arc<AtomicU64>);
    impl Observer for Flushing {
        fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
            Ok(())
        }
    }
    impl Drop for Flushing {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
            panic!("it panics at its end, too");
        }
    }
    let flushed = Arc::new(AtomicU64::new(0));
    let background = Background::bounded(8, WhenFull::Wait).spawn(Flushing(Arc::clone(&flushed)))?;
    offer(&background, &records(3))?;
    assert_eq!(counts_of(&background.close(Duration::MAX)), (3, 0, 0, None));
    assert_eq!(flushed.load(Ordering::SeqCst), 1);
    Ok(())
}

#[test]
fn worker_of_a_dropped_queue_delivers_the_rest_and_ends() -> Tested {
    let (received, receives) = mpsc::channel();
    let background = Background::bounded(100, WhenFull::Wait).spawn(move |record: &Record| received.send(record.id))?;
    let records = records(50);
    offer(&background, &records)?;
    drop(background);
    // The channel ends when the observer is dropped.
    assert_eq!(receives.iter().collect::<Vec<_>>(), ids(&records));
    Ok(())
}

#[tokio::test]
async fn close_when_takes_any_future_as_deadline() -> Tested {
    let (background, worker) = Background::bounded(8, WhenFull::DropAndCount).pair(|_: &Record| pending::<()>());
    let worker = tokio::spawn(worker);
    let records = records(10);
    offer(&background, &records)?;
    while background.undelivered() < 8 {
        tokio::task::yield_now().await;
    }
    tokio::task::yield_now().await;
    let closed = background.close_when(tokio::time::sleep(Duration::from_millis(1))).await;
    assert_eq!(counts_of(&closed), (0, 2, 7, Some(records[0].id)));
    assert_eq!(closed.left, records[1..8]);
    worker.abort();
    Ok(())
}

#[tokio::test]
async fn worker_that_is_dropped_releases_all_callers_and_gives_its_records_back() -> Tested {
    let records = records(4);
    let (background, worker) = Background::bounded(3, WhenFull::Wait).named("usage").pair(|_: &Record| pending::<()>());
    offer(&background, &records[..3])?;
    let worker = tokio::spawn(worker);
    let waiting = tokio::spawn({
        let (mut background, record) = (background.clone(), records[3].clone());
        async move { AsyncObserver::observe(&mut background, &record).await.map_err(|error| error.to_string()) }
    });
    tokio::task::yield_now().await;
    worker.abort();
    let expected = "the worker of `usage` was dropped before it was closed; keep it running to the end";
    assert_eq!(waiting.await?, Err(expected.to_owned()));
    let late = offer(&background, &records[3..]).expect_err("the worker is gone");
    assert_eq!(late.to_string(), expected);
    let closed = background.close_when(pending::<()>()).await;
    assert_eq!(counts_of(&closed), (0, 2, 2, Some(records[0].id)));
    assert_eq!(closed.left, records[1..3]);

    let (background, worker) = Background::bounded(3, WhenFull::Wait).pair(|_: &Record| ready(()));
    offer(&background, &records[..1])?;
    drop(worker);
    assert_eq!(counts_of(&background.close(Duration::MAX)), (0, 0, 1, None), "one that never ran");
    Ok(())
}

#[test]
fn observer_that_closes_its_own_queue_does_not_wait_for_itself() -> Tested {
    let own: Arc<OnceLock<Background>> = Arc::default();
    let (sends, receives) = mpsc::channel();
    let within = Arc::clone(&own);
    let (lets_on, is_let_on) = mpsc::channel::<()>();
    let background = Background::bounded(8, WhenFull::Wait).spawn(move |_: &Record| {
        is_let_on.recv()?;
        let own = within.get().expect("it is there before it is let on").clone();
        sends.send(own.close(Duration::MAX)).map_err(|_| "the test has ended")?;
        Ok::<(), ObserverError>(())
    })?;
    own.get_or_init(|| background.clone());
    let records = records(3);
    offer(&background, &records)?;
    lets_on.send(())?;
    let closed = receives.recv_timeout(PATIENCE)?;
    assert_eq!(counts_of(&closed), (0, 0, 2, Some(records[0].id)));
    assert_eq!(closed.left, records[1..]);
    assert_eq!(counts_of(&background.close(PATIENCE)), (1, 0, 0, None), "it ends by itself");
    Ok(())
}
