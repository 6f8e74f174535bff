//! Waiting for a queue without closing it.

use std::future::{pending, ready};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use tollgate::observer::{AsyncObserver, Background, NotFlushed, ObserverError, WhenFull};
use tollgate::{Observer, Record};

use crate::Tested;
use crate::background::{PATIENCE, gated, offer, records};

#[test]
fn flush_with_many_producers_returns_when_all_earlier_records_are_delivered() -> Tested {
    let delivered = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&delivered);
    let background = Background::bounded(7, WhenFull::Wait).spawn(move |_: &Record| {
        counter.fetch_add(1, Ordering::SeqCst);
    })?;
    let trail = records(200);
    let accepted = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for record in &trail {
                    offer(&background, std::slice::from_ref(record)).expect("it is open");
                    let before = accepted.fetch_add(1, Ordering::SeqCst) + 1;
                    if before.is_multiple_of(16) {
                        background.flush(PATIENCE).expect("the worker runs");
                        assert!(delivered.load(Ordering::SeqCst) >= before);
                    }
                }
            });
        }
    });
    background.flush(PATIENCE)?;
    assert_eq!(delivered.load(Ordering::SeqCst), 800);
    offer(&background, &trail[..1])?; // it is still open
    background.flush(PATIENCE)?;
    assert_eq!(background.close(PATIENCE).delivered, 801);
    Ok(())
}

#[test]
fn flush_of_an_empty_queue_returns_at_once() -> Tested {
    let background = Background::bounded(7, WhenFull::Wait).spawn(|_: &Record| ())?;
    background.flush(Duration::ZERO)?;
    let (background, _worker) = Background::bounded(7, WhenFull::Wait).pair(|_: &Record| ready(()));
    background.flush(Duration::MAX)?;
    Ok(())
}

#[test]
fn flush_of_a_slow_worker_returns_when_the_time_is_up_with_the_number_left() -> Tested {
    let (observer, begins, lets_on) = gated();
    let background = Background::bounded(8, WhenFull::Wait).named("slow").spawn(observer)?;
    offer(&background, &records(3))?;
    lets_on.send(())?;
    begins.recv()?;
    begins.recv()?;
    let error = background.flush(Duration::from_millis(1)).expect_err("the second is not done");
    assert_eq!(error, flush_error(&background, 2));
    assert_eq!(error.to_string(), "`slow` did not deliver 2 records in time; the delivery continues");
    drop(lets_on);
    background.flush(PATIENCE)?;
    assert_eq!(background.close(PATIENCE).delivered, 3);
    Ok(())
}

/// Returns the error of a flush with a timeout of zero. Asserts that it reports this many records left.
fn flush_error(background: &Background, expected: u64) -> NotFlushed {
    let error = background.flush(Duration::ZERO).expect_err("some are left");
    assert!(matches!(&error, NotFlushed::TimeUp { observer, left } if observer == "slow" && *left == expected));
    error
}

#[test]
fn flush_does_not_wait_for_records_that_come_in_later() -> Tested {
    let (observer, begins, lets_on) = gated();
    let background = Background::bounded(8, WhenFull::Wait).spawn(observer)?;
    let records = records(2);
    offer(&background, &records[..1])?;
    begins.recv()?;
    let flushing = thread::spawn({
        let background = background.clone();
        move || background.flush(PATIENCE)
    });
    while !flushing.is_finished() {
        offer(&background, &records[1..])?;
        let _ = lets_on.send(());
        thread::sleep(Duration::from_millis(20));
    }
    flushing.join().map_err(|_| "it panicked")??;
    drop(lets_on);
    let _ = background.close(PATIENCE);
    Ok(())
}

#[test]
fn flush_after_the_worker_ended_returns_at_once_with_the_number_left() -> Tested {
    let (background, worker) = Background::bounded(8, WhenFull::Wait).named("gone").pair(|_: &Record| ready(()));
    offer(&background, &records(2))?;
    let waiting = thread::spawn({
        let background = background.clone();
        move || background.flush(Duration::MAX)
    });
    drop(worker);
    let error = background.flush(Duration::MAX).expect_err("nothing is delivered");
    assert_eq!(error.to_string(), "`gone` was closed or its worker was dropped, with 2 records not delivered");
    assert_eq!(waiting.join().map_err(|_| "it panicked")?, Err(error));

    let delivered = Background::bounded(8, WhenFull::Wait).spawn(|_: &Record| ())?;
    offer(&delivered, &records(2))?;
    let other = delivered.clone();
    let _ = delivered.close(PATIENCE);
    other.flush(Duration::MAX)?; // all was delivered
    Ok(())
}

#[test]
fn flush_during_a_close_ends_when_the_records_are_given_back() -> Tested {
    let (observer, begins, lets_on) = gated();
    let background = Background::bounded(8, WhenFull::Wait).spawn(observer)?;
    offer(&background, &records(3))?;
    begins.recv()?;
    let waiting = thread::spawn({
        let background = background.clone();
        move || background.flush(Duration::MAX)
    });
    assert_eq!(background.close(Duration::from_millis(10)).left.len(), 2);
    let answer = waiting.join().map_err(|_| "it panicked")?;
    assert!(matches!(answer, Err(NotFlushed::Ended { left: 3, .. })), "{answer:?}");
    drop(lets_on);
    Ok(())
}

#[test]
fn flush_by_the_observer_itself_is_refused_at_once() -> Tested {
    let own: Arc<OnceLock<Background>> = Arc::default();
    let ((answers, answered), within) = (mpsc::channel(), Arc::clone(&own));
    let background = Background::bounded(8, WhenFull::Wait).named("own").spawn(move |_: &Record| {
        answers.send(within.wait_for().flush(Duration::MAX))?;
        Ok::<(), ObserverError>(())
    })?;
    own.get_or_init(|| background.clone());
    offer(&background, &records(1))?;
    let error = answered.recv_timeout(PATIENCE)?.expect_err("it would wait for itself");
    assert_eq!(error, NotFlushed::OwnWorker { observer: "own".to_owned(), left: 1 });
    assert_eq!(error.to_string(), "the observer `own` cannot wait for its own worker; flush on another thread");
    assert_eq!(background.close(PATIENCE).delivered, 1);
    Ok(())
}

#[tokio::test]
async fn flush_when_shares_a_thread_with_the_worker() -> Tested {
    let (background, worker) = Background::bounded(8, WhenFull::Wait).pair(|_: &Record| async {
        tokio::task::yield_now().await;
    });
    let worker = tokio::spawn(worker);
    offer(&background, &records(5))?;
    background.flush_when(pending::<()>()).await?;
    assert_eq!(background.undelivered(), 0);
    offer(&background, &records(1))?;
    let answer = background.flush_when(ready(())).await;
    assert!(matches!(answer, Err(NotFlushed::TimeUp { left: 1, .. })), "{answer:?}");
    assert_eq!(background.close_when(pending::<()>()).await.delivered, 6);
    worker.await?;
    Ok(())
}

#[tokio::test]
async fn waiting_for_itself_is_refused_at_once_if_the_worker_is_a_future() -> Tested {
    let own: Arc<OnceLock<Background>> = Arc::default();
    let within = Arc::clone(&own);
    let (answers, answered) = mpsc::channel();
    let (background, worker) = Background::bounded(2, WhenFull::Wait).pair(move |record: &Record| {
        let (within, answers, record) = (Arc::clone(&within), answers.clone(), record.clone());
        async move {
            let mut own = within.wait_for().clone();
            let flushed = own.flush_when(pending::<()>()).await.map_err(|error| error.to_string());
            let blocked = own.flush(Duration::MAX).map_err(|error| error.to_string());
            let added = Observer::observe(&mut own, &record).map_err(|error| error.to_string());
            let awaited = AsyncObserver::observe(&mut own, &record).await;
            let closed = own.close_when(pending::<()>()).await;
            answers.send((flushed, blocked, added, awaited.map_err(|error| error.to_string()), closed.left.len()))?;
            Ok::<(), ObserverError>(())
        }
    });
    own.get_or_init(|| background.clone());
    offer(&background, &records(2))?;
    worker.await;
    let full = "is full and its own worker cannot wait for it; use `DropAndCount`";
    let (flushed, blocked, added, awaited, left) = answered.try_recv()?;
    assert!(flushed.is_err() && flushed == blocked, "{flushed:?}");
    assert!(added.as_ref().is_err_and(|error| error.ends_with(full)), "{added:?}");
    assert!(awaited.is_err_and(|error| error.ends_with(full)));
    assert_eq!(left, 1);
    Ok(())
}

/// Stands in for `OnceLock::wait`, which is newer than the oldest Rust that is supported.
trait WaitFor<T> {
    fn wait_for(&self) -> &T;
}

impl<T> WaitFor<T> for OnceLock<T> {
    fn wait_for(&self) -> &T {
        loop {
            if let Some(value) = self.get() {
                return value;
            }
            thread::yield_now();
        }
    }
}

#[test]
fn report_of_a_queue_with_control_characters_in_its_name_is_on_one_line() -> Tested {
    let (lines, reported) = mpsc::channel();
    let background = Background::bounded(8, WhenFull::Wait)
        .named("mail\n\u{1b}[31m")
        .on_failure(move |failure| drop(lines.send(failure.to_string())))
        .spawn(|_: &Record| Err("503"))?;
    let rest = background.clone();
    offer(&background, &records(1))?;
    let closed = background.close(PATIENCE).to_string();
    assert_eq!(closed, "observer `mail\\n\\u{1b}[31m`: 1 delivered, 1 of them failed; 0 dropped, 0 left");
    assert!(reported.recv()?.starts_with("observer `mail\\n\\u{1b}[31m` failed: 503, on record "));
    let error = offer(&rest, &records(1)).expect_err("it is closed").to_string();
    assert_eq!(error, "`mail\\n\\u{1b}[31m` is closed and did not accept the record; close it after the last commit");
    Ok(())
}

#[test]
fn error_of_flush_counts_one_record_in_the_singular() -> Tested {
    let (background, worker) = Background::bounded(8, WhenFull::Wait).named("a\tb").pair(|_: &Record| ready(()));
    offer(&background, &records(1))?;
    let error = background.flush(Duration::ZERO).expect_err("no worker runs");
    assert_eq!(error.to_string(), "`a\\tb` did not deliver 1 record in time; the delivery continues");
    drop(worker);
    let error = background.flush(Duration::ZERO).expect_err("the worker has ended");
    assert_eq!(error.to_string(), "`a\\tb` was closed or its worker was dropped, with 1 record not delivered");
    Ok(())
}
