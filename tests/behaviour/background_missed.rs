//! Records that a full queue drops: the operator and the observer receive their number.

use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tollgate::observer::{AsyncObserver, AsyncObservers, Background, ObserverError, Observers, WhenFull};
use tollgate::uuid::Uuid;
use tollgate::{AsyncHub, Hub, Observer, Record};

use crate::Tested;
use crate::background::{PATIENCE, ids, offer, records};

/// The notifications of an observer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Received {
    Record(Uuid),
    Missed(u64),
}

/// An observer that waits for a permission before each record is done.
struct Gated {
    received: Sender<Received>,
    permission: Receiver<()>,
}

impl Observer for Gated {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.received.send(Received::Record(record.id))?;
        let _ = self.permission.recv();
        Ok(())
    }

    fn missed(&mut self, count: u64) {
        let _ = self.received.send(Received::Missed(count));
    }
}

fn gated() -> (Gated, Receiver<Received>, Sender<()>) {
    let ((received, receives), (permits, permission)) = (mpsc::channel(), mpsc::channel());
    (Gated { received, permission }, receives, permits)
}

fn sum(received: &[Received]) -> u64 {
    let missed = received.iter().map(|received| if let Received::Missed(count) = received { *count } else { 0 });
    missed.sum()
}

#[test]
fn records_dropped_in_the_middle_are_announced_before_the_next_record_in_order() -> Tested {
    let (observer, receives, permits) = gated();
    let background = Background::bounded(2, WhenFull::DropAndCount).spawn(observer)?;
    let records = records(8);
    offer(&background, &records[..5])?; // the first two are accepted
    assert_eq!(receives.recv()?, Received::Record(records[0].id));
    permits.send(())?;
    assert_eq!(receives.recv()?, Received::Record(records[1].id));
    offer(&background, &records[5..])?; // one place is free
    drop(permits);
    let closed = background.close(PATIENCE);
    let received: Vec<_> = receives.iter().collect();
    assert_eq!(received, [Received::Missed(3), Received::Record(records[5].id), Received::Missed(2)]);
    assert_eq!((closed.delivered, closed.dropped), (3, 5));
    Ok(())
}

#[test]
fn records_dropped_at_the_end_are_announced_when_the_queue_is_empty() -> Tested {
    let (observer, receives, permits) = gated();
    let background = Background::bounded(1, WhenFull::DropAndCount).spawn(observer)?;
    let records = records(4);
    offer(&background, &records)?;
    permits.send(())?;
    assert_eq!(receives.recv_timeout(PATIENCE)?, Received::Record(records[0].id));
    assert_eq!(receives.recv_timeout(PATIENCE)?, Received::Missed(3), "it does not wait for a next record");
    drop(permits);
    assert_eq!(background.close(PATIENCE).dropped, 3);
    assert_eq!(receives.iter().count(), 0);
    Ok(())
}

#[test]
fn sum_of_missed_equals_dropped_with_many_producers() -> Tested {
    let (received, receives) = mpsc::channel();
    struct Collecting(Sender<Received>);
    impl Observer for Collecting {
        fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
            thread::yield_now();
            Ok(self.0.send(Received::Record(record.id))?)
        }

        fn missed(&mut self, count: u64) {
            let _ = self.0.send(Received::Missed(count));
        }
    }
    let noticed = Arc::new(Mutex::new((0, 0)));
    let background = Background::bounded(3, WhenFull::DropAndCount)
        .on_dropped({
            let noticed = Arc::clone(&noticed);
            move |dropped| {
                let mut noticed = noticed.lock().unwrap_or_else(PoisonError::into_inner);
                *noticed = (noticed.0 + dropped.count, dropped.total);
            }
        })
        .spawn(Collecting(received))?;
    let trail = records(500);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| offer(&background, &trail).expect("it is open"));
        }
    });
    let closed = background.close(PATIENCE);
    let received: Vec<_> = receives.iter().collect();
    assert_eq!(closed.delivered + closed.dropped, 2000);
    assert!(closed.dropped > 0, "three places are not enough");
    assert_eq!(sum(&received), closed.dropped);
    assert_eq!(*noticed.lock().unwrap_or_else(PoisonError::into_inner), (closed.dropped, closed.dropped));
    Ok(())
}

#[test]
fn on_dropped_is_called_on_the_worker_and_displays_as_a_line() -> Tested {
    let (observer, receives, permits) = gated();
    let (reported, reports) = mpsc::channel();
    let background = Background::bounded(1, WhenFull::DropAndCount)
        .named("usage")
        .on_dropped(move |dropped| {
            let thread = thread::current().name().map(str::to_owned);
            let _ = reported.send((thread, dropped.to_string()));
            panic!("it panics as well");
        })
        .spawn(observer)?;
    let records = records(4);
    offer(&background, &records[..3])?;
    receives.recv()?;
    assert!(reports.try_recv().is_err(), "the committing thread does not call it");
    permits.send(())?;
    let (thread, line) = reports.recv_timeout(PATIENCE)?;
    assert_eq!(thread.as_deref(), Some("usage"));
    assert_eq!(line, "observer `usage` missed 2 records, 2 in total: its queue was full or closed");
    assert_eq!(receives.recv_timeout(PATIENCE)?, Received::Missed(2));
    drop(permits);
    let other = background.clone();
    assert_eq!(background.close(PATIENCE).dropped, 2);
    assert!(offer(&other, &records[3..]).is_err(), "it is closed");
    assert_eq!(other.close(PATIENCE).dropped, 3);
    assert_eq!(
        reports.iter().map(|(_, line)| line).collect::<Vec<_>>(),
        ["observer `usage` missed 1 record, 3 in total: its queue was full or closed"]
    );
    Ok(())
}

#[test]
fn close_gives_notice_if_the_worker_is_busy_or_gone() -> Tested {
    let (observer, receives, permits) = gated();
    let (reported, reports) = mpsc::channel();
    let report = move |dropped: &tollgate::observer::Dropped<'_>| {
        let _ = reported.send(dropped.count);
    };
    let background = Background::bounded(2, WhenFull::DropAndCount).on_dropped(report.clone()).spawn(observer)?;
    let records = records(5);
    offer(&background, &records)?;
    receives.recv()?;
    let closed = background.close(std::time::Duration::ZERO);
    assert_eq!((closed.dropped, closed.left.len(), closed.unfinished.len()), (3, 1, 1));
    assert_eq!(reports.try_recv()?, 3);
    drop(permits);
    assert_eq!(receives.iter().collect::<Vec<_>>(), [Received::Missed(3)], "the observer learns it at its end");

    let (background, worker) =
        Background::bounded(1, WhenFull::DropAndCount).on_dropped(report).pair(|_: &Record| pending::<()>());
    drop(worker);
    assert!(offer(&background, &records[..1]).is_err(), "the worker never ran");
    let _ = background.close(PATIENCE);
    assert_eq!(reports.iter().collect::<Vec<_>>(), [1]);
    Ok(())
}

#[test]
fn missed_is_forwarded_by_names_places_loans_lists_and_hubs() -> Tested {
    #[derive(Clone)]
    struct Counting(Arc<Mutex<Vec<u64>>>);
    impl Observer for Counting {
        fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
            Ok(())
        }

        fn missed(&mut self, count: u64) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(count);
        }
    }
    let counts = Arc::default();
    let counting = Counting(Arc::clone(&counts));
    let mut lent = counting.clone();
    let mut observers = Observers::new();
    observers.add(counting.clone().named("named").first());
    observers.add(lent.by_ref());
    observers.add(|_: &Record| ());
    let mut hub = Hub::new();
    hub.on_any(counting.clone());
    observers.add(hub.shared());
    observers.missed(1);
    assert_eq!(*counts.lock().unwrap_or_else(PoisonError::into_inner), [1, 1, 1]);
    Ok(())
}

#[tokio::test]
async fn missed_is_forwarded_and_awaited_by_asynchronous_lists_and_hubs() -> Tested {
    struct Counting(Sender<u64>);
    impl AsyncObserver for Counting {
        async fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
            pending().await
        }

        async fn missed(&mut self, count: u64) {
            tokio::task::yield_now().await;
            let _ = self.0.send(count);
            assert!(count != 7, "seven is too many");
        }
    }
    let (counted, counts) = mpsc::channel();
    let mut hub = AsyncHub::default();
    hub.on_any_async(Counting(counted.clone()).named("in the hub").last());
    let mut observers = AsyncObservers::new();
    observers.add_async(hub);
    observers.add_async(Counting(counted.clone()).named("in the list"));
    let limit = std::time::Duration::from_secs(60);
    observers.add_async(Counting(counted).within(limit, tokio::time::sleep));
    AsyncObserver::missed(&mut observers, 7).await;
    assert_eq!(counts.try_iter().collect::<Vec<_>>(), [7, 7, 7], "a panic does not stop the others");
    assert_eq!(observers.failures().map(|failures| failures.panics).collect::<Vec<_>>(), [0, 1, 1]);
    Ok(())
}

#[test]
fn missed_of_an_outer_queue_reaches_the_observer_behind_an_inner_queue() -> Tested {
    let (observer, receives, permits) = gated();
    drop(permits);
    let inner = Background::bounded(8, WhenFull::Wait).spawn(observer)?;
    let mut list = Observers::new();
    list.add(inner.clone());
    let records = records(2);
    list.notify(&records[0]);
    list.missed(4);
    list.notify(&records[1]);
    let closed = inner.close(PATIENCE);
    let [first, second] = ids(&records)[..] else { return Err("two records".into()) };
    let received: Vec<_> = receives.iter().collect();
    assert_eq!(received, [Received::Record(first), Received::Missed(4), Received::Record(second)]);
    assert_eq!(closed.dropped, 0, "it dropped none itself");
    Ok(())
}

/// An observer that waits for a permission before each record, and needs some time to note a number of dropped ones.
struct Slow(Gated, Arc<AtomicU64>);

impl Observer for Slow {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.0.observe(record)
    }

    fn missed(&mut self, count: u64) {
        thread::sleep(Duration::from_millis(50));
        self.1.fetch_add(count, Ordering::SeqCst);
    }
}

#[test]
fn flush_returns_after_the_notices_of_records_dropped_before() -> Tested {
    let (observer, receives, permits) = gated();
    let (missed, reported) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let background = Background::bounded(1, WhenFull::DropAndCount)
        .on_dropped({
            let reported = Arc::clone(&reported);
            move |dropped| {
                thread::sleep(Duration::from_millis(50));
                reported.store(dropped.total, Ordering::SeqCst);
            }
        })
        .spawn(Slow(observer, Arc::clone(&missed)))?;
    offer(&background, &records(4))?; // three are dropped
    receives.recv()?;
    drop(permits);
    background.flush(PATIENCE)?;
    assert_eq!((missed.load(Ordering::SeqCst), reported.load(Ordering::SeqCst)), (3, 3));

    // A number that comes from a queue before this one, without a record.
    Observer::missed(&mut background.clone(), 2);
    background.flush(PATIENCE)?;
    assert_eq!((missed.load(Ordering::SeqCst), background.dropped()), (5, 3));
    Ok(())
}

#[test]
fn flush_without_time_for_the_notice_returns_the_number_of_dropped_records() -> Tested {
    let (background, worker) = Background::bounded(1, WhenFull::DropAndCount).named("usage").pair(Waiting);
    Observer::missed(&mut background.clone(), 1);
    let error = background.flush(Duration::ZERO).expect_err("no worker runs");
    assert_eq!(
        error.to_string(),
        "`usage` was not notified in time of 1 record that its queue dropped; flush again to wait longer"
    );
    drop(worker);
    background.flush(Duration::ZERO)?; // no observer is left
    Ok(())
}

/// An asynchronous observer.
struct Waiting;

impl AsyncObserver for Waiting {
    async fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
        Ok(())
    }
}

#[tokio::test]
async fn flush_when_returns_after_the_notice_of_dropped_records() -> Tested {
    let total = Arc::new(AtomicU64::new(0));
    let reported = Arc::clone(&total);
    let (background, worker) = Background::bounded(1, WhenFull::DropAndCount)
        .on_dropped(move |dropped| reported.store(dropped.total, Ordering::SeqCst))
        .pair(Waiting);
    offer(&background, &records(3))?;
    tokio::spawn(worker);
    background.flush_when(tokio::time::sleep(PATIENCE)).await?;
    assert_eq!(total.load(Ordering::SeqCst), 2);
    Ok(())
}
