//! An observer behind a queue: the records that it receives, their order, and the counts at the end.

use std::collections::BTreeSet;
use std::future::{Future, pending, poll_fn, ready};
use std::io;
use std::pin::pin;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use tollgate::observer::{AsyncObserver, Background, CloseReport, NotQueued, Observer, SpawnError, WhenFull};
use tollgate::uuid::Uuid;
use tollgate::{Record, sink};

use crate::Tested;
use crate::chains::texts_once;
use crate::report::in_review;

/// Long enough for any worker that works: a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Returns this many records, in order.
pub(crate) fn records(number: usize) -> Vec<Record> {
    let (mut report, mut log) = in_review();
    log.clear();
    for _ in 0..number {
        report = report.comment().because("x").commit(&mut log).expect("a vector cannot refuse");
    }
    log
}

pub(crate) fn ids(records: &[Record]) -> Vec<Uuid> {
    records.iter().map(|record| record.id).collect()
}

/// Offers these records to the observer, as a synchronous commit does.
pub(crate) fn offer(background: &Background, records: &[Record]) -> Tested {
    let mut background = background.clone();
    for record in records {
        Observer::observe(&mut background, record).map_err(|error| error as Box<dyn std::error::Error>)?;
    }
    Ok(())
}

/// An observer that sends the id of each record and then waits for a permission, until the sender of these is dropped.
pub(crate) fn gated() -> (impl Observer + Send + 'static, Receiver<Uuid>, Sender<()>) {
    let (begun, begins) = mpsc::channel();
    let (lets_on, let_on) = mpsc::channel();
    let observer = move |record: &Record| {
        let _ = begun.send(record.id);
        let _ = let_on.recv();
    };
    (observer.named("gated"), begins, lets_on)
}

pub(crate) fn counts_of(closed: &CloseReport) -> (u64, u64, usize, Option<Uuid>) {
    (closed.delivered, closed.dropped, closed.left.len(), closed.unfinished.first().copied())
}

#[test]
fn queue_that_waits_delivers_every_record_in_order() -> Tested {
    for capacity in [0, 1, 2, 7, 10_000] {
        let (received, receives) = mpsc::channel();
        let background =
            Background::bounded(capacity, WhenFull::Wait).spawn(move |record: &Record| received.send(record.id))?;
        let mut log: Vec<Record> = Vec::new();
        let mut observed = sink::adapt(&mut log).observed_by(background.clone());
        let mut report = in_review().0;
        for _ in 0..1000 {
            report = report.comment().because("x").commit(&mut observed)?;
        }
        drop(observed);
        assert_eq!(counts_of(&background.close(PATIENCE)), (1000, 0, 0, None));
        assert_eq!(receives.iter().collect::<Vec<_>>(), ids(&log));
    }
    Ok(())
}

#[test]
fn full_queue_that_drops_accepts_its_capacity_and_counts_the_rest() -> Tested {
    let (observer, begins, lets_on) = gated();
    let background = Background::bounded(4, WhenFull::DropAndCount).spawn(observer)?;
    let records = records(10);
    offer(&background, &records)?;
    assert_eq!((background.undelivered(), background.dropped()), (4, 6));
    drop(lets_on);
    assert_eq!(counts_of(&background.close(PATIENCE)), (4, 6, 0, None));
    assert_eq!(
        begins.iter().collect::<Vec<_>>(),
        ids(&records[..4]),
        "the record that is being delivered has a place too"
    );
    Ok(())
}

#[test]
fn queue_that_waits_holds_no_more_than_its_capacity() -> Tested {
    const CAPACITY: u64 = 5;
    let offered = Arc::new(AtomicU64::new(0));
    let most = Arc::new(AtomicU64::new(0));
    let mut delivered = 0;
    let background = Background::bounded(5, WhenFull::Wait).spawn({
        let (offered, most) = (Arc::clone(&offered), Arc::clone(&most));
        move |_: &Record| {
            // The records that were accepted, and one that waits for a place.
            most.fetch_max(offered.load(Ordering::SeqCst) - delivered, Ordering::SeqCst);
            delivered += 1;
        }
    })?;
    for record in records(2000) {
        offered.fetch_add(1, Ordering::SeqCst);
        offer(&background, &[record])?;
    }
    assert_eq!(background.close(PATIENCE).delivered, 2000);
    assert!((1..=CAPACITY + 1).contains(&most.load(Ordering::SeqCst)), "{most:?}");
    Ok(())
}

#[test]
fn several_sinks_feed_one_worker_and_keep_their_order() -> Tested {
    let (received, receives) = mpsc::channel();
    let background = Background::bounded(3, WhenFull::Wait).spawn(move |record: &Record| received.send(record.id))?;
    let trails: Vec<Vec<Record>> = (0..4).map(|_| records(300)).collect();
    thread::scope(|scope| {
        for trail in &trails {
            let background = &background;
            scope.spawn(move || offer(background, trail).expect("it is open"));
        }
    });
    assert_eq!(background.close(PATIENCE).delivered, 1200);
    let received: Vec<_> = receives.iter().collect();
    for trail in &trails {
        let of_this: BTreeSet<_> = ids(trail).into_iter().collect();
        let in_its_order: Vec<_> = received.iter().copied().filter(|id| of_this.contains(id)).collect();
        assert_eq!(in_its_order, ids(trail));
    }
    Ok(())
}

#[test]
fn errors_and_panics_are_reported_with_the_name_and_the_worker_continues() -> Tested {
    let reported = Arc::new(Mutex::new(Vec::new()));
    let mut received = 0;
    let background = Background::bounded(8, WhenFull::Wait)
        .named("usage")
        .on_failure({
            let reported = Arc::clone(&reported);
            move |failure| {
                reported.lock().unwrap_or_else(PoisonError::into_inner).push(failure.to_string());
                assert!(failure.record.reason.is_none(), "the report panics as well");
            }
        })
        .spawn(move |_: &Record| {
            received += 1;
            assert!(received != 2, "the second is too much");
            if received == 3 { Err(io::Error::other("no more")) } else { Ok(()) }
        })?;
    let records = records(4);
    offer(&background, &records)?;
    let closed = background.close(PATIENCE);
    assert_eq!(counts_of(&closed), (4, 0, 0, None));
    let counted = &closed.failures;
    assert_eq!((counted.observer.as_str(), counted.errors, counted.panics), ("usage", 1, 1));
    let expected = [(1, "panicked: the second is too much"), (2, "failed: no more")]
        .map(|(position, how)| format!("observer `usage` {how}, on record {}", records[position].id));
    assert_eq!(*reported.lock().unwrap_or_else(PoisonError::into_inner), expected);
    Ok(())
}

#[test]
fn observer_that_would_wait_for_its_own_worker_gets_an_error() -> Tested {
    let own = Arc::new(Mutex::new(None::<Background>));
    let (answered, answers) = mpsc::channel();
    let background = Background::bounded(1, WhenFull::Wait).named("echo").spawn({
        let own = Arc::clone(&own);
        move |record: &Record| {
            let mut own = own.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or("it has no other")?;
            let answer = Observer::observe(&mut own, record);
            let _ = answered.send(answer.map_err(|error| error.downcast_ref::<NotQueued>().cloned()));
            Ok::<(), &str>(())
        }
    })?;
    *own.lock().unwrap_or_else(PoisonError::into_inner) = Some(background.clone());
    offer(&background, &records(1))?;
    let answer = answers.recv()?;
    assert_eq!(counts_of(&background.close(PATIENCE)), (1, 1, 0, None));
    let error = answer.expect_err("there is no free place").ok_or("it has the reason")?;
    assert!(matches!(&error, NotQueued::OwnWorker { observer } if observer == "echo"));
    assert_eq!(
        error.to_string(),
        "the queue of `echo` is full and its own worker cannot wait for it; use `DropAndCount`"
    );
    Ok(())
}

/// Runs itself again with a stack size that no system grants to a thread.
#[test]
fn worker_that_cannot_be_started_is_an_error_that_names_the_observer() -> Tested {
    const IS_CHILD: &str = "TOLLGATE_TEST_WITHOUT_THREADS";
    if std::env::var_os(IS_CHILD).is_none() {
        let output = Command::new(std::env::current_exe()?)
            .args(["--exact", "--nocapture", "--test-threads=1"])
            .arg("background::worker_that_cannot_be_started_is_an_error_that_names_the_observer")
            .env(IS_CHILD, "1")
            .env("RUST_MIN_STACK", (usize::MAX / 4).to_string())
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return Ok(());
    }
    let spawned = Background::bounded(8, WhenFull::Wait).named("usage\0").spawn(|_: &Record| ());
    let error = spawned.expect_err("there is no thread to be had");
    assert_eq!(texts_once(&error), [error.to_string()]);
    let SpawnError { observer, cause, .. } = error;
    assert_eq!((&*observer, cause.to_string().is_empty()), ("usage\0", false));
    Ok(())
}

/// An observer that waits before each record, and sends its id.
fn slow(received: Sender<Uuid>) -> impl AsyncObserver + 'static {
    move |record: &Record| {
        let (id, received) = (record.id, received.clone());
        async move {
            tokio::task::yield_now().await;
            received.send(id)
        }
    }
}

#[tokio::test]
async fn commit_that_awaits_a_free_place_does_not_block_the_worker_on_its_thread() -> Tested {
    let (received, receives) = mpsc::channel();
    let (background, worker) = Background::bounded(2, WhenFull::Wait).pair(slow(received));
    // Both run on one thread: a caller that blocked it would wait for itself.
    let worker = tokio::spawn(worker);
    let mut observed = sink::adapt(Vec::new()).observed_by_async(background.clone());
    let mut report = in_review().0;
    for _ in 0..100 {
        report = report.comment().because("x").commit_async(&mut observed).await?;
    }
    assert_eq!(counts_of(&background.close_when(pending::<()>()).await), (100, 0, 0, None));
    worker.await?;
    assert_eq!(receives.iter().take(100).collect::<Vec<_>>(), ids(&observed.into_parts().0));
    Ok(())
}

#[tokio::test]
async fn observer_that_is_always_ready_lets_other_tasks_run() -> Tested {
    let (received, receives) = mpsc::channel();
    let (background, worker) = Background::bounded(10_000, WhenFull::Wait).pair(move |record: &Record| {
        let _ = received.send(record.id);
        ready(())
    });
    offer(&background, &records(10_000))?;
    let worker = tokio::spawn(worker);
    tokio::task::yield_now().await;
    let by_then = receives.try_iter().count();
    assert!((1..10_000).contains(&by_then), "{by_then}");
    assert_eq!(background.close_when(pending::<()>()).await.delivered, 10_000);
    worker.await?;
    Ok(())
}

#[test]
fn caller_that_stops_waiting_leaves_the_free_place_to_the_next() -> Tested {
    let (observer, begins, lets_on) = gated();
    let background = Background::bounded(2, WhenFull::Wait).spawn(observer)?;
    let records = records(4);
    offer(&background, &records[..2])?;
    begins.recv()?;
    let (mut impatient, mut patient) = (background.clone(), background.clone());
    let [(first_waker, first_calls), (next_waker, next_calls)] = [calling(), calling()];
    let mut next = pin!(AsyncObserver::observe(&mut patient, &records[3]));
    {
        let first = pin!(AsyncObserver::observe(&mut impatient, &records[2]));
        assert!(first.poll(&mut Context::from_waker(&first_waker)).is_pending());
        assert!(next.as_mut().poll(&mut Context::from_waker(&next_waker)).is_pending());
        lets_on.send(())?;
        first_calls.recv_timeout(PATIENCE)?;
        assert!(next_calls.try_recv().is_err(), "there is one free place");
    }
    next_calls.recv_timeout(PATIENCE)?;
    assert!(next.poll(&mut Context::from_waker(&next_waker)).is_ready());
    drop(lets_on);
    assert_eq!(counts_of(&background.close(PATIENCE)), (3, 0, 0, None));
    assert_eq!(begins.iter().last(), Some(records[3].id));
    Ok(())
}

#[test]
fn caller_that_is_woken_and_idle_does_not_block_the_next() -> Tested {
    let (observer, begins, lets_on) = gated();
    let background = Background::bounded(1, WhenFull::Wait).spawn(observer)?;
    let records = records(3);
    offer(&background, &records[..1])?;
    begins.recv()?;
    let (mut idle, mut eager) = (background.clone(), background.clone());
    let [(idle_waker, idle_calls), (eager_waker, eager_calls)] = [calling(), calling()];
    let mut idles = pin!(AsyncObserver::observe(&mut idle, &records[1]));
    let mut comes = pin!(AsyncObserver::observe(&mut eager, &records[2]));
    assert!(idles.as_mut().poll(&mut Context::from_waker(&idle_waker)).is_pending());
    assert!(comes.as_mut().poll(&mut Context::from_waker(&eager_waker)).is_pending());
    drop(lets_on);
    idle_calls.recv_timeout(PATIENCE)?;
    eager_calls.recv_timeout(PATIENCE)?;
    assert!(comes.poll(&mut Context::from_waker(&eager_waker)).is_ready());
    assert_eq!(begins.recv_timeout(PATIENCE)?, records[2].id);
    Ok(())
}

/// A waker that counts its calls.
fn calling() -> (Waker, Receiver<()>) {
    struct Calling(Sender<()>);
    impl Wake for Calling {
        fn wake(self: Arc<Self>) {
            let _ = self.0.send(());
        }
    }
    let (called, calls) = mpsc::channel();
    (Waker::from(Arc::new(Calling(called))), calls)
}

/// Half of the callers stop waiting after a few polls; accepted records are delivered, and no caller hangs.
#[test]
fn accepted_records_are_delivered_once_if_other_callers_stop_waiting() -> Tested {
    let (received, receives) = mpsc::channel();
    let (background, worker) = Background::bounded(3, WhenFull::Wait).pair(slow(received));
    let worker = thread::spawn(move || runtime().block_on(worker));
    let givers = (0..4).map(|giver| {
        let background = background.clone();
        thread::spawn(move || {
            let mut taken = Vec::new();
            for (number, record) in records(500).iter().enumerate() {
                let mut background = background.clone();
                let offer = AsyncObserver::observe(&mut background, record);
                let patience = if number % 2 == 0 { usize::MAX } else { (number + giver) % 4 };
                if runtime().block_on(polled(patience, offer)).is_some_and(|answer| answer.is_ok()) {
                    taken.push(record.id);
                }
            }
            taken
        })
    });
    let givers: Vec<_> = givers.collect();
    let mut taken = Vec::new();
    for giver in givers {
        taken.extend(giver.join().map_err(|_| "it panicked")?);
    }
    assert!(taken.len() >= 4 * 250, "those who wait are taken");
    let closed = background.close(PATIENCE);
    assert_eq!((closed.delivered, closed.left.len()), (taken.len() as u64, 0));
    worker.join().map_err(|_| "the worker panicked")?;
    let mut received: Vec<_> = receives.iter().collect();
    received.sort_unstable();
    taken.sort_unstable();
    assert_eq!(received, taken);
    Ok(())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime without drivers")
}

/// Polls a future at most this many times, drops it, and returns its output, if any.
async fn polled<T>(times: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}
