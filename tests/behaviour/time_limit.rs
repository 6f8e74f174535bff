//! A time limit for an asynchronous observer, in each place where one can be.

use std::future::{Future, pending, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tollgate::observer::{AsyncObserver, AsyncObservers, Background, Fault, ObserverError, Retry, TimedOut, WhenFull};
use tollgate::{AsyncHub, Record, sink};

use crate::Tested;
use crate::background::{offer, records};
use crate::report::in_review;

const LIMIT: Duration = Duration::from_millis(5);

/// Counts how often one of its futures is dropped before it is ready.
#[derive(Clone, Default)]
struct Stuck(Arc<AtomicU32>);

struct OnDrop(Arc<AtomicU32>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl AsyncObserver for Stuck {
    async fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
        let _on_drop = OnDrop(Arc::clone(&self.0));
        pending().await
    }

    async fn missed(&mut self, _: u64) {
        let _on_drop = OnDrop(Arc::clone(&self.0));
        pending().await
    }
}

fn stuck() -> (Stuck, impl AsyncObserver + 'static) {
    let stuck = Stuck::default();
    (stuck.clone(), stuck.named("stuck").within(LIMIT, tokio::time::sleep))
}

#[tokio::test]
async fn observer_beyond_its_limit_fails_with_its_name_and_its_future_is_dropped() -> Tested {
    let (stuck, limited) = stuck();
    let mut errors = Vec::new();
    let mut delivered = 0;
    let mut log = sink::adapt(Vec::new())
        .observed_by_async(limited)
        .observed_by(|_: &Record| delivered += 1)
        .on_failure(|failure| {
            let Fault::Error(error) = &failure.fault else { panic!("it is an error") };
            errors.push((error.downcast_ref::<TimedOut>().cloned(), error.to_string()));
        });
    in_review().0.comment().because("x").commit_async(&mut log).await?;
    assert_eq!(log.failures().map(|failures| failures.errors).collect::<Vec<_>>(), [1, 0]);
    drop(log);
    assert_eq!((stuck.0.load(Ordering::SeqCst), delivered), (1, 1));
    let [(Some(error), text)] = &errors[..] else { return Err("one error".into()) };
    assert_eq!((error.observer.as_str(), error.limit), ("stuck", LIMIT));
    assert_eq!(text, "`stuck` took longer than its limit of 5ms and was stopped");
    Ok(())
}

#[tokio::test]
async fn observer_within_its_limit_is_not_stopped() -> Tested {
    let mut texts = Vec::new();
    let mut observers = AsyncObservers::new();
    let quick = |_: &Record| async {
        tokio::task::yield_now().await;
        Err::<(), _>("its own error")
    };
    observers.on_failure(|failure| texts.push(failure.fault.to_string()));
    observers.add_async(quick.within(Duration::from_secs(60), tokio::time::sleep));
    observers.add_async((|_: &Record| std::future::ready(())).within(Duration::ZERO, |_| std::future::ready(())));
    observers.notify(&records(1)[0]).await;
    drop(observers);
    assert_eq!(texts, ["failed: its own error"], "an answer that is ready is in time");
    Ok(())
}

#[tokio::test]
async fn limit_holds_in_a_list_in_a_hub_and_for_missed_records() -> Tested {
    let (in_list, limited) = stuck();
    let mut observers = AsyncObservers::new();
    observers.add_async(limited);
    let (in_hub, limited) = stuck();
    let mut hub = AsyncHub::default();
    hub.on_any_async(limited);
    observers.add_async(hub);
    observers.notify(&records(1)[0]).await;
    assert_eq!([&in_list, &in_hub].map(|stuck| stuck.0.load(Ordering::SeqCst)), [1, 1]);
    AsyncObserver::missed(&mut observers, 3).await;
    assert_eq!([&in_list, &in_hub].map(|stuck| stuck.0.load(Ordering::SeqCst)), [2, 2]);
    Ok(())
}

#[tokio::test]
async fn limit_holds_for_each_attempt_of_a_background() -> Tested {
    let (stuck, limited) = stuck();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&lines);
    let (background, worker) = Background::bounded(8, WhenFull::Wait)
        .retry(Retry::attempts(3).first_delay(Duration::from_millis(1)))
        .on_failure(move |failure| into.lock().unwrap_or_else(PoisonError::into_inner).push(failure.to_string()))
        .pair_with(limited, tokio::time::sleep);
    let worker = tokio::spawn(worker);
    let records = records(1);
    offer(&background, &records)?;
    let closed = background.close_when(pending::<()>()).await;
    worker.await?;
    assert_eq!((closed.failures.errors, stuck.0.load(Ordering::SeqCst)), (1, 3));
    let line = format!(
        "observer `stuck` failed: `stuck` took longer than its limit of 5ms and was stopped, on record {}, after 3 attempts",
        records[0].id
    );
    assert_eq!(*lines.lock().unwrap_or_else(PoisonError::into_inner), [line]);
    Ok(())
}

#[tokio::test]
async fn limit_holds_for_a_whole_batch() -> Tested {
    let (stuck, limited) = stuck();
    let (background, worker) = Background::bounded(8, WhenFull::Wait).batches(4).pair(limited);
    offer(&background, &records(4))?;
    let worker = tokio::spawn(worker);
    let closed = background.close_when(pending::<()>()).await;
    worker.await?;
    assert_eq!((closed.delivered, closed.failures.errors, stuck.0.load(Ordering::SeqCst)), (4, 4, 1));
    Ok(())
}

#[tokio::test]
async fn panic_of_a_limited_observer_is_still_a_panic() -> Tested {
    let mut observers = AsyncObservers::new();
    let panicking = |_: &Record| poll_fn(|_| -> Poll<()> { panic!("it panics") });
    observers.add_async(panicking.within(LIMIT, never));
    observers.notify(&records(1)[0]).await;
    assert_eq!(observers.failures().map(|failures| failures.panics).collect::<Vec<_>>(), [1]);
    Ok(())
}

fn never(_: Duration) -> impl Future<Output = ()> + Send {
    pending()
}
