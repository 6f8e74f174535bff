//! How an observer behind a queue ends: what was delivered, what was left, and nobody who waits for ever.

use std::future::{pending, ready};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use tollgate::observer::{AsyncObserver, Background, Observer, ObserverError, WhenFull};
use tollgate::{Record, sink};

use crate::Tested;
use crate::background::{PATIENCE, gated, ids, records, tell, told};
use crate::report::in_review;

#[test]
fn when_the_time_is_up_it_says_what_was_left_and_nobody_is_told_of_that() -> Tested {
    let (observer, begins, lets_on) = gated();
    let background = Background::bounded(8, WhenFull::Wait).spawn(observer)?;
    let records = records(6);
    tell(&background, &records[..2])?;
    lets_on.send(())?;
    assert_eq!((begins.recv()?, begins.recv()?), (records[0].id, records[1].id), "it is busy with the second");
    tell(&background, &records[2..])?;
    let closed = background.close(Duration::ZERO);
    assert_eq!(told(&closed), (1, 0, 4, Some(records[1].id)));
    assert_eq!(closed.left, records[2..]);
    let words = "observer `gated`: 1 delivered, at 0 of them it failed; 0 dropped, 5 left";
    assert_eq!(closed.to_string(), words);
    drop(lets_on);
    assert_eq!(begins.iter().next(), None, "the worker ends with what it was busy with");
    Ok(())
}

#[test]
fn after_it_is_closed_a_record_is_dropped_and_counted_and_the_sink_is_told_why() -> Tested {
    let background = Background::bounded(8, WhenFull::Wait).named("usage").spawn(|_: &Record| ())?;
    let other = background.clone();
    assert_eq!(told(&background.close(PATIENCE)), (0, 0, 0, None));
    let mut words = Vec::new();
    let mut observed = sink::adapt(Vec::new())
        .observed_by(other.clone())
        .on_failure(|failure| words.push((failure.observer.to_owned(), failure.fault.to_string())));
    let report = in_review().0.comment().because("x").commit(&mut observed)?;
    assert_eq!(report.version(), 3, "the transition does not notice");
    drop(observed);
    let expected = "failed: `usage` is closed, and was not told of the record";
    assert_eq!(words, [("usage".to_owned(), expected.to_owned())]);
    assert_eq!((other.dropped(), other.close(PATIENCE).dropped), (1, 1));
    Ok(())
}

#[test]
fn a_commit_that_waits_for_room_is_let_go_when_it_is_closed() -> Tested {
    let (observer, begins, lets_on) = gated();
    let background = Background::bounded(1, WhenFull::Wait).spawn(observer)?;
    let records = records(3);
    tell(&background, &records[..1])?;
    begins.recv()?;
    // It is full until it is closed: both threads come back only by that.
    let waiting = records[1..].iter().cloned().map(|record| {
        let background = background.clone();
        thread::spawn(move || tell(&background, &[record]).map_err(|error| error.to_string()))
    });
    let waiting: Vec<_> = waiting.collect();
    let closed = background.clone().close(Duration::ZERO);
    assert_eq!((closed.left.len(), closed.unfinished), (0, Some(records[0].id)));
    for thread in waiting {
        let answer = thread.join().map_err(|_| "it panicked")?;
        assert_eq!(answer, Err("`gated` is closed, and was not told of the record".to_owned()));
    }
    assert_eq!(background.dropped(), 2);
    drop(lets_on);
    Ok(())
}

#[test]
fn when_all_is_delivered_the_observer_is_gone_before_close_returns() -> Tested {
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
    tell(&background, &records(3))?;
    assert_eq!(told(&background.close(Duration::MAX)), (3, 0, 0, None));
    assert_eq!(flushed.load(Ordering::SeqCst), 1);
    Ok(())
}

#[test]
fn what_is_dropped_without_a_close_delivers_what_it_has_and_ends() -> Tested {
    let (heard, hears) = mpsc::channel();
    let background = Background::bounded(100, WhenFull::Wait).spawn(move |record: &Record| heard.send(record.id))?;
    let records = records(50);
    tell(&background, &records)?;
    drop(background);
    // The channel ends when the observer is dropped.
    assert_eq!(hears.iter().collect::<Vec<_>>(), ids(&records));
    Ok(())
}

#[tokio::test]
async fn any_future_is_a_deadline() -> Tested {
    let (background, worker) = Background::bounded(8, WhenFull::DropAndCount).pair(|_: &Record| pending::<()>());
    let worker = tokio::spawn(worker);
    let records = records(10);
    tell(&background, &records)?;
    while background.undelivered() < 8 {
        tokio::task::yield_now().await;
    }
    tokio::task::yield_now().await;
    let closed = background.close_when(tokio::time::sleep(Duration::from_millis(1))).await;
    assert_eq!(told(&closed), (0, 2, 7, Some(records[0].id)));
    assert_eq!(closed.left, records[1..8]);
    worker.abort();
    Ok(())
}

#[tokio::test]
async fn a_worker_that_is_dropped_lets_everybody_go_and_gives_back_what_it_had() -> Tested {
    let records = records(4);
    let (background, worker) = Background::bounded(3, WhenFull::Wait).named("usage").pair(|_: &Record| pending::<()>());
    tell(&background, &records[..3])?;
    let worker = tokio::spawn(worker);
    let waiting = tokio::spawn({
        let (mut background, record) = (background.clone(), records[3].clone());
        async move { AsyncObserver::observe(&mut background, &record).await.map_err(|error| error.to_string()) }
    });
    tokio::task::yield_now().await;
    worker.abort();
    let expected = "the worker of `usage` was dropped before it was closed; keep it running to the end";
    assert_eq!(waiting.await?, Err(expected.to_owned()));
    let late = tell(&background, &records[3..]).expect_err("nobody would deliver it");
    assert_eq!(late.to_string(), expected);
    let closed = background.close_when(pending::<()>()).await;
    assert_eq!(told(&closed), (0, 2, 2, Some(records[0].id)));
    assert_eq!(closed.left, records[1..3]);

    let (background, worker) = Background::bounded(3, WhenFull::Wait).pair(|_: &Record| ready(()));
    tell(&background, &records[..1])?;
    drop(worker);
    assert_eq!(told(&background.close(Duration::MAX)), (0, 0, 1, None), "one that never ran");
    Ok(())
}

#[test]
fn an_observer_that_closes_its_own_background_does_not_wait_for_itself() -> Tested {
    let own: Arc<OnceLock<Background>> = Arc::default();
    let (says, hears) = mpsc::channel();
    let within = Arc::clone(&own);
    let (lets_on, is_let_on) = mpsc::channel::<()>();
    let background = Background::bounded(8, WhenFull::Wait).spawn(move |_: &Record| {
        is_let_on.recv()?;
        let own = within.get().expect("it is there before it is let on").clone();
        says.send(own.close(Duration::MAX)).map_err(|_| "nobody hears")?;
        Ok::<(), ObserverError>(())
    })?;
    own.get_or_init(|| background.clone());
    let records = records(3);
    tell(&background, &records)?;
    lets_on.send(())?;
    let closed = hears.recv_timeout(PATIENCE)?;
    assert_eq!(told(&closed), (0, 0, 2, Some(records[0].id)));
    assert_eq!(closed.left, records[1..]);
    assert_eq!(told(&background.close(PATIENCE)), (1, 0, 0, None), "it ends by itself");
    Ok(())
}
