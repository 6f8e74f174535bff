//! A shared hub: on several threads, and used by its own subscribers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use tollgate::events::{Login, Logout};
use tollgate::hub::{AccessError, Reentered, SharedHub, Unregistered};
use tollgate::{Event, Hub, Observer, Record, sink};

use crate::Tested;
use crate::hub::{failed, login};
use crate::hub_threads::{Later, ROUNDS, commit_on_threads, within_a_minute};

#[test]
fn many_threads_share_a_hub_and_each_sees_its_own_order() -> Tested {
    const THREADS: u64 = 8;
    const EACH: u64 = 200;
    let mut heard: Vec<(u64, u64)> = Vec::new();
    let mut hub = Hub::new();
    hub.on::<Login>(|_, record| {
        let number = |key: &str| record.context.get(key).and_then(serde_json::Value::as_u64).expect("a number");
        heard.push((number("thread"), number("turn")));
        assert!(number("turn") != 7, "the subscriber panics at each seventh");
    })?;
    let shared = hub.shared();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let shared = shared.clone();
            scope.spawn(move || {
                let mut sink = sink::adapt(Vec::new()).observed_by(shared);
                for turn in 0..EACH {
                    let step = Login.occurred().with("thread", thread).with("turn", turn);
                    step.commit(&mut sink).expect("a vector accepts everything");
                }
                assert_eq!(failed(sink.failures()), [""; 0]);
            });
        }
    });
    assert_eq!(failed(shared.failures()?.iter()), [format!("on login: 0, {THREADS}")]);
    drop(shared);
    assert_eq!(heard.len() as u64, THREADS * EACH);
    for thread in 0..THREADS {
        let turns = heard.iter().filter(|(of, _)| *of == thread).map(|(_, turn)| *turn);
        assert!(turns.eq(0..EACH), "thread {thread} is told in its own order");
    }
    Ok(())
}

#[test]
fn observe_inside_a_subscriber_of_the_hub_returns_reentered() -> Tested {
    let own: Arc<OnceLock<SharedHub<'static>>> = Arc::default();
    let within = Arc::clone(&own);
    let mut hub = Hub::new();
    hub.register::<Logout>()?;
    hub.on::<Login>(move |_, _| {
        let mut shared = within.get().expect("it is there before the first login").clone();
        assert!(matches!(shared.failures(), Err(AccessError::Reentered(_))));
        let mut log: Vec<Record> = Vec::new();
        Logout.occurred().commit(&mut log)?;
        shared.observe(&log[0])
    })?;
    let mut shared = own.get_or_init(|| hub.shared()).clone();
    for _ in 0..2 {
        assert!(shared.observe(&login()).is_ok());
    }
    assert_eq!(failed(shared.failures()?.iter()), ["on login: 2, 0"]);
    Ok(())
}

#[test]
fn a_shared_hub_is_given_back_by_the_last_who_has_it() -> Tested {
    let mut shared = Hub::new().shared();
    assert!(shared.observe(&login()).is_err_and(|error| error.is::<Unregistered>()));
    let other = shared.clone();
    assert!(shared.into_inner().is_none());
    assert!(other.into_inner().is_some());
    Ok(())
}

#[test]
fn change_later_in_a_subscriber_applies_after_the_current_record() -> Tested {
    let lines: Arc<Mutex<Vec<&str>>> = Arc::default();
    let own = Later::default();
    let (within, heard) = (own.clone(), Arc::clone(&lines));
    let say = move |line: &'static str| heard.lock().expect("no panic holds it").push(line);
    let mut hub = Hub::new();
    let first = say.clone();
    hub.on::<Login>(move |_, _| {
        first("first");
        assert!(matches!(within.get().change(|_| ()), Err(AccessError::Reentered(Reentered { .. }))));
        let added = first.clone();
        within.get().change_later(move |hub| {
            hub.on_any(move |_: &Record| added("added"));
        });
    })?
    .once();
    let last = say.clone();
    hub.on::<Login>(move |_, _| last("last"))?;
    let mut hub = hub.shared();
    own.set(&hub);
    for _ in 0..2 {
        hub.observe(&login()).map_err(|error| error.to_string())?;
    }
    assert_eq!(*lines.lock().map_err(|_| "a panic")?, ["first", "last", "last", "added"]);
    Ok(())
}

#[test]
fn subscribers_come_and_go_while_records_are_delivered() -> Tested {
    within_a_minute(|| {
        let always = Arc::new(AtomicU64::new(0));
        let sometimes = Arc::new(AtomicU64::new(0));
        let mut hub = Hub::new();
        let count = Arc::clone(&always);
        hub.on::<Login>(move |_, _| {
            count.fetch_add(1, Ordering::Relaxed);
        })?;
        let hub = hub.shared();
        thread::scope(|scope| {
            scope.spawn(|| commit_on_threads(&[hub.clone(), hub.clone()]));
            for turn in 0..ROUNDS / 10 {
                let count = Arc::clone(&sometimes);
                let subscribe = |hub: &mut Hub<'static>| {
                    hub.plugin(format!("turn {turn}"), |hub| {
                        hub.on::<Login>(move |_, _| {
                            count.fetch_add(1, Ordering::Relaxed);
                        })?;
                        Ok(hub.on_any(|_: &Record| ()).subscription())
                    })
                };
                let any = hub.change(subscribe).expect("this thread is in no hub").expect("the name is free");
                assert!(hub.change(|hub| hub.unsubscribe(any)).expect("this thread is in no hub").is_some());
                let counts = hub.change(|hub| hub.remove_plugin(&format!("turn {turn}"))).expect("as before");
                assert_eq!(counts.map(|counts| counts.len()), Some(1));
            }
        });
        assert_eq!(always.load(Ordering::Relaxed), 2 * ROUNDS);
        assert!(sometimes.load(Ordering::Relaxed) <= 2 * ROUNDS);
        assert_eq!(hub.catalog()?.subscriptions.len(), 1);
        Ok(())
    })
}

#[test]
fn panic_in_change_reaches_the_caller_and_leaves_the_hub_usable() -> Tested {
    let mut hub = Hub::new().shared();
    hub.change(|hub| hub.register::<Login>())??;
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| hub.change(|_| panic!("it panics"))));
    assert!(panicked.is_err());
    hub.observe(&login()).map_err(|error| error.to_string())?;
    Ok(())
}

#[test]
fn change_inside_change_returns_reentered_in_words_that_fit_both() -> Tested {
    let shared = Hub::new().shared();
    let error = shared.change(|_| shared.failures().map(drop).map_err(|error| error.to_string()))?;
    let expected =
        "the hub is in use by this thread; use `change_later`, or notify the hub from a `Background` or afterwards";
    assert_eq!(error, Err(expected.to_owned()));
    let error = shared.change(|_| shared.clone().observe(&login()).map_err(|error| error.to_string()))?;
    assert_eq!(error, Err(expected.to_owned()), "a notification");
    Ok(())
}
