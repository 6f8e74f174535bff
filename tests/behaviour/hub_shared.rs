//! A hub that many share: threads, and subscribers that come back to it.

use std::sync::{Arc, OnceLock};
use std::thread;

use tollgate::events::{Login, Logout};
use tollgate::hub::{Reentered, SharedHub, Unregistered};
use tollgate::{Event, Hub, Observer, Record, sink};

use crate::Tested;
use crate::hub::{failed, login};

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
fn a_subscriber_that_comes_back_to_its_hub_is_refused_and_does_not_hang() -> Tested {
    let own: Arc<OnceLock<SharedHub<'static>>> = Arc::default();
    let within = Arc::clone(&own);
    let mut hub = Hub::new();
    hub.register::<Logout>()?;
    hub.on::<Login>(move |_, _| {
        let mut shared = within.get().expect("it is there before the first login").clone();
        assert!(matches!(shared.failures(), Err(Reentered { .. })));
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
