//! An observer that panics when it is dropped affects neither the transition nor the values that are dropped with it.

use std::cell::Cell;
use std::future::{Future, pending};
use std::pin::pin;
use std::task::{Context, Waker};

use tollgate::events::Login;
use tollgate::hub::AsyncHub;
use tollgate::observer::{AsyncObserver, AsyncObservers, Background, Observer, ObserverError, Observers, WhenFull};
use tollgate::{Event, Hub, Record, sink};

use crate::Tested;
use crate::report::draft;

thread_local! {
    static BLOWN: Cell<u32> = const { Cell::new(0) };
}

/// Returns how many have panicked on this thread since the last call.
fn blown() -> u32 {
    BLOWN.take()
}

/// An observer that panics when it is dropped.
struct Bomb;

impl Bomb {
    fn hold(&self) {
        let Bomb = self;
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        BLOWN.set(BLOWN.get() + 1);
        panic!("it panics at its end");
    }
}

impl Observer for Bomb {
    fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
        Ok(())
    }
}

/// An asynchronous observer that panics when it is dropped.
struct SlowBomb;

impl AsyncObserver for SlowBomb {
    async fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
        tokio::task::yield_now().await;
        Ok(())
    }
}

impl Drop for SlowBomb {
    fn drop(&mut self) {
        drop(Bomb);
    }
}

#[test]
fn observers_that_panic_when_dropped_leave_the_machine_to_who_committed() -> Tested {
    let (draft, mut log) = draft();
    let held = Bomb;
    let observed = sink::adapt(&mut log).observed_by(Bomb).observed_by(Bomb).on_failure(move |_| held.hold());
    let archived = draft.archive().commit(observed)?;
    assert_eq!((blown(), log.len()), (3, 2));
    assert_eq!(archived.version(), 2);
    Ok(())
}

#[tokio::test]
async fn those_that_wait_and_panic_when_dropped_leave_it_too() -> Tested {
    let sink = sink::adapt(Vec::new()).observed_by(Bomb).observed_by_async(SlowBomb).observed_by_async(SlowBomb);
    let archived = draft().0.archive().commit_async(sink).await?;
    assert_eq!((blown(), archived.version()), (3, 2));
    Ok(())
}

#[test]
fn subscribers_of_a_hub_that_panic_when_dropped_leave_the_event_to_who_committed() -> Tested {
    let (one, other, third) = (Bomb, Bomb, Bomb);
    let mut hub = Hub::new();
    hub.on::<Login>(move |_, _| one.hold())?;
    hub.on_any(move |_: &Record| other.hold());
    let mut asynchronous = AsyncHub::default();
    asynchronous.on::<Login>(move |_, _| third.hold())?;
    let mut log: Vec<Record> = Vec::new();
    let Login = Login.occurred().commit(sink::adapt(&mut log).observed_by(hub))?;
    assert_eq!((blown(), log.len()), (2, 1));
    drop(asynchronous);
    assert_eq!(blown(), 1);
    Ok(())
}

#[test]
fn a_report_that_is_replaced_may_panic_when_dropped() {
    let (one, other) = (Bomb, Bomb);
    let mut observers = Observers::new();
    observers.on_failure(move |_| one.hold());
    observers.on_failure(move |_| other.hold());
    assert_eq!(blown(), 1);
    drop(AsyncObservers::from(observers));
    assert_eq!(blown(), 1);
}

#[test]
fn what_an_observer_holds_while_it_waits_may_panic_when_the_commit_is_given_up() {
    let mut observers = AsyncObservers::new();
    observers.add_async(|_: &Record| {
        let held = Bomb;
        async move {
            pending::<()>().await;
            held.hold();
        }
    });
    let record = draft().1.remove(0);
    {
        let mut told = pin!(observers.notify(&record));
        assert!(told.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(blown(), 1);
}

#[test]
fn a_worker_that_is_dropped_drops_its_observer_and_its_report_in_isolation() {
    let held = Bomb;
    let background = Background::bounded(1, WhenFull::Wait).on_failure(move |_| held.hold());
    let (background, worker) = background.pair(SlowBomb);
    drop(worker);
    assert_eq!(blown(), 2);
    drop(background);
}
