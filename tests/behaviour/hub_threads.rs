//! Shared hubs on several threads: subscribers that commit into other hubs never deadlock, and no record is lost.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use tollgate::events::{Login, Logout};
use tollgate::file::Durability;
use tollgate::hub::{AccessError, Reentered, SharedHub};
use tollgate::observer::ObserverError;
use tollgate::{Event, Hub, JsonLines, Observer, Record, sink};

use crate::Tested;
use crate::hub::{failed, login};

/// How often each thread of a test commits.
pub(crate) const ROUNDS: u64 = 4_000;

/// Fails the test if the body does not end, which a deadlock would not.
pub(crate) fn within_a_minute(body: impl FnOnce() -> Tested + Send + 'static) -> Tested {
    let (done, ended) = mpsc::channel();
    let runner = thread::spawn(move || {
        let result = body().map_err(|error| error.to_string());
        let _ = done.send(());
        result
    });
    assert_ne!(ended.recv_timeout(Duration::from_secs(60)), Err(RecvTimeoutError::Timeout), "deadlock");
    Ok(runner.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?)
}

/// A hub that a subscriber reaches, set when all hubs of the test exist.
#[derive(Clone, Default)]
pub(crate) struct Later(Arc<OnceLock<SharedHub<'static>>>);

impl Later {
    pub(crate) fn get(&self) -> SharedHub<'static> {
        self.0.get().expect("it is set before the first record").clone()
    }

    pub(crate) fn set(&self, hub: &SharedHub<'static>) {
        assert!(self.0.set(hub.clone()).is_ok(), "it is set once");
    }
}

/// A hub that commits a logout into the next one for each login.
fn forwarding(next: &Later, logins: &Arc<AtomicU64>, logouts: &Arc<AtomicU64>, panics: bool) -> SharedHub<'static> {
    let (next, logins, logouts) = (next.clone(), Arc::clone(logins), Arc::clone(logouts));
    let mut hub = Hub::new();
    let forward = move |_, _: &Record| {
        logins.fetch_add(1, Ordering::Relaxed);
        let commit = Logout.occurred().commit(sink::adapt(Vec::new()).observed_by(next.get()));
        assert!(commit.is_ok() && !panics, "the subscriber panics after it has committed");
    };
    let count = move |_, _: &Record| {
        logouts.fetch_add(1, Ordering::Relaxed);
    };
    hub.on::<Login>(forward).expect("the name is free");
    hub.on::<Logout>(count).expect("the name is free");
    hub.shared()
}

/// Sends logins to each hub from a separate thread.
pub(crate) fn commit_on_threads(hubs: &[SharedHub<'static>]) {
    thread::scope(|scope| {
        for hub in hubs {
            scope.spawn(move || {
                let mut sink = sink::adapt(Vec::new()).observed_by(hub.clone());
                for _ in 0..ROUNDS {
                    assert!(Login.occurred().commit(&mut sink).is_ok());
                }
                assert_eq!(failed(sink.failures()), [""; 0]);
            });
        }
    });
}

/// Hubs in a ring, and the number of logins and of logouts that each of them gets.
fn ring(size: usize, panics: bool) -> Tested {
    let counts: Vec<[Arc<AtomicU64>; 2]> = (0..size).map(|_| Default::default()).collect();
    let links: Vec<Later> = vec![Later::default(); size].iter().map(|_| Later::default()).collect();
    let hubs: Vec<_> =
        links.iter().zip(&counts).map(|(next, [logins, logouts])| forwarding(next, logins, logouts, panics)).collect();
    links.iter().zip(hubs.iter().cycle().skip(1)).for_each(|(link, next)| link.set(next));
    commit_on_threads(&hubs);
    for (hub, [logins, logouts]) in hubs.iter().zip(&counts) {
        let expected = if panics { vec![format!("on login: 0, {ROUNDS}")] } else { vec![] };
        assert_eq!(failed(hub.failures()?.iter()), expected);
        assert_eq!([logins, logouts].map(|count| count.load(Ordering::Relaxed)), [ROUNDS, ROUNDS]);
    }
    Ok(())
}

#[test]
fn two_hubs_that_commit_into_each_other_on_two_threads_lose_no_record() -> Tested {
    within_a_minute(|| ring(2, false))
}

#[test]
fn three_hubs_in_a_ring_on_three_threads_lose_no_record() -> Tested {
    within_a_minute(|| ring(3, false))
}

#[test]
fn two_hubs_whose_subscribers_panic_lose_no_record() -> Tested {
    within_a_minute(|| ring(2, true))
}

/// Each hub notifies the next one of the same record, so that the record would circulate without end.
#[test]
fn ring_of_hubs_that_notify_each_other_ends_with_reentered_for_each_record() -> Tested {
    within_a_minute(|| {
        let links = [Later::default(), Later::default(), Later::default()];
        let received = Arc::new(AtomicU64::new(0));
        let hubs = links.each_ref().map(|next| {
            let (next, received) = (next.clone(), Arc::clone(&received));
            let mut hub = Hub::new();
            hub.on::<Login>(move |_, record| {
                received.fetch_add(1, Ordering::Relaxed);
                next.get().observe(record)
            })
            .expect("the name is free");
            hub.shared()
        });
        links.iter().zip(hubs.iter().cycle().skip(1)).for_each(|(link, next)| link.set(next));
        commit_on_threads(&hubs);
        let failures = hubs.iter().map(SharedHub::failures).collect::<Result<Vec<_>, _>>()?;
        let errors: u64 = failures.iter().flatten().map(|of| of.errors).sum();
        assert_eq!((errors, received.load(Ordering::Relaxed)), (3 * ROUNDS, 9 * ROUNDS));
        Ok(())
    })
}

#[test]
fn records_of_one_sink_keep_their_order_when_they_are_queued() -> Tested {
    within_a_minute(|| {
        let (to_other, back) = (Later::default(), Later::default());
        let turns: Arc<Mutex<Vec<u64>>> = Arc::default();
        let (mut one, mut other) = (Hub::new(), Hub::new());
        let (next, mut log, mut turn) = (to_other.clone(), Vec::new(), 0_u64);
        one.on::<Login>(move |_, _| {
            for _ in 0..3 {
                let commit = Logout.occurred().with("turn", turn);
                commit.commit(sink::adapt(&mut log).observed_by(next.get())).map_err(|error| error.to_string())?;
                turn += 1;
            }
            Ok::<(), String>(())
        })?;
        one.register::<Logout>()?;
        let (next, heard) = (back.clone(), Arc::clone(&turns));
        other.on::<Login>(move |_, _| {
            let commit = Logout.occurred().commit(sink::adapt(Vec::new()).observed_by(next.get()));
            commit.map(drop).map_err(|error| error.to_string())
        })?;
        other.on::<Logout>(move |_, record| {
            let turn = record.context.get("turn").and_then(serde_json::Value::as_u64).ok_or("no turn")?;
            heard.lock().map_err(|_| "a panic")?.push(turn);
            Ok::<(), &str>(())
        })?;
        let (one, other) = (one.shared(), other.shared());
        to_other.set(&other);
        back.set(&one);
        commit_on_threads(&[one.clone(), other.clone()]);
        for hub in [one, other] {
            assert_eq!(failed(hub.failures()?.iter()), [""; 0]);
        }
        let turns = turns.lock().map_err(|_| "a panic")?;
        assert!(turns.iter().copied().eq(0..3 * ROUNDS), "{} turns", turns.len());
        Ok(())
    })
}

/// Runs `queue` while another thread is in the hub, and lets that thread go when it has returned.
fn while_in_use<T>(hub: &SharedHub<'static>, queue: impl FnOnce() -> T) -> T {
    let (enter, entered) = mpsc::channel();
    let (leave, left) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            hub.change(|_| {
                let _ = enter.send(());
                let _ = left.recv();
            })
        });
        entered.recv().expect("the other thread is in the hub");
        let result = queue();
        drop(leave);
        result
    })
}

/// Runs the closure in a subscriber of a separate hub.
fn in_a_hub<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    let mut result = None;
    let mut run = Some(run);
    let mut hub = Hub::new();
    hub.on::<Login>(|_, _| result = run.take().map(|run| run())).expect("the name is free");
    let mut shared = hub.shared();
    assert!(shared.observe(&login()).is_ok());
    drop(shared);
    result.expect("the subscriber has run")
}

#[test]
fn hub_in_use_queues_records_and_changes_of_a_subscriber_of_another_hub_in_order() -> Tested {
    within_a_minute(|| {
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&lines);
        let say = move |line: String| heard.lock().expect("no panic holds it").push(line);
        let mut hub = Hub::new();
        let first = say.clone();
        hub.on::<Login>(move |_, _| first("first".to_owned()))?;
        let hub = hub.shared();
        let (busy, queued) = while_in_use(&hub, || {
            in_a_hub(|| {
                let mut own = hub.clone();
                let busy = (own.failures().err(), own.change(|_| ()).err());
                let queued = [login(), logout()].map(|record| own.observe(&record).is_ok());
                let second = say.clone();
                own.change_later(move |hub| {
                    let subscribed = hub.on::<Login>(move |_, _| second("second".to_owned()));
                    assert!(subscribed.is_ok());
                    panic!("a change may panic");
                });
                (busy, [queued[0], queued[1], own.observe(&login()).is_ok()])
            })
        });
        assert_eq!(busy, (Some(AccessError::Busy), Some(AccessError::Busy)));
        assert_eq!(queued, [true; 3]);
        assert_eq!(*lines.lock().map_err(|_| "a panic")?, ["first", "first", "second"]);
        let failures = failed(hub.failures()?.iter());
        assert_eq!(failures, ["Hub: 1, 0"], "the queued logout is not registered, and the hub counts it");
        Ok(())
    })
}

fn logout() -> Record {
    let mut log: Vec<Record> = Vec::new();
    assert!(Logout.occurred().commit(&mut log).is_ok());
    log.remove(0)
}

#[test]
fn queued_record_that_comes_back_to_its_first_hub_returns_reentered_on_the_other_thread() -> Tested {
    within_a_minute(|| {
        let first = Later::default();
        let errors: Arc<Mutex<Vec<bool>>> = Arc::default();
        let (back, seen) = (first.clone(), Arc::clone(&errors));
        let mut other = Hub::new();
        other.on::<Login>(move |_, record| {
            let error = back.get().observe(record).err();
            let is_reentered = error.is_some_and(|error| error.is::<Reentered>());
            seen.lock().expect("no panic holds it").push(is_reentered);
        })?;
        let other = other.shared();
        let mut hub = Hub::new();
        let mut next = other.clone();
        hub.on::<Login>(move |_, record| next.observe(record))?;
        let mut hub = hub.shared();
        first.set(&hub);
        while_in_use(&other, || hub.observe(&login())).map_err(|error| error.to_string())?;
        assert_eq!(*errors.lock().map_err(|_| "a panic")?, [true]);
        assert_eq!(failed(hub.failures()?.iter()), [""; 0]);
        Ok(())
    })
}

/// The thread that delivers a queue may be in a hub that has nothing to do with the queued record.
#[test]
fn queued_record_reaches_a_hub_in_which_the_delivering_thread_is() -> Tested {
    within_a_minute(|| {
        let logouts = Arc::new(AtomicU64::new(0));
        let third = Later::default();
        let mut other = Hub::new();
        let next = third.clone();
        other.on::<Login>(move |_, _| next.get().observe(&logout()))?;
        let other = other.shared();
        let (enter, entered) = mpsc::channel();
        let (leave, left) = mpsc::channel::<()>();
        let mut hub = Hub::new();
        let within = other.clone();
        hub.on::<Login>(move |_, _| {
            within
                .change(|_| {
                    enter.send(()).map_err(|_| "the test has ended")?;
                    left.recv().map_err(|_| "the test has ended")
                })?
                .map_err(ObserverError::from)
        })?;
        let count = Arc::clone(&logouts);
        hub.on::<Logout>(move |_, _| {
            count.fetch_add(1, Ordering::Relaxed);
        })?;
        let hub = hub.shared();
        third.set(&hub);
        thread::scope(|scope| {
            let mut in_hub = hub.clone();
            scope.spawn(move || assert!(in_hub.observe(&login()).is_ok()));
            entered.recv().expect("the thread is in both hubs");
            in_a_hub(|| assert!(other.clone().observe(&login()).is_ok()));
            leave.send(()).expect("the thread waits");
        });
        for hub in [&hub, &other] {
            assert_eq!(failed(hub.failures()?.iter()), [""; 0]);
        }
        assert_eq!(logouts.load(Ordering::Relaxed), 1);
        Ok(())
    })
}

/// A file waits for its observers, and a subscriber of the hub for the file.
#[test]
fn hub_that_observes_a_file_and_commits_to_it_does_not_deadlock() -> Tested {
    within_a_minute(|| {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hub-{}.jsonl", std::process::id()));
        let to_file: Arc<OnceLock<tollgate::JsonLinesFile>> = Arc::default();
        let logouts = Arc::new(AtomicU64::new(0));
        let (file, count) = (Arc::clone(&to_file), Arc::clone(&logouts));
        let mut hub = Hub::new();
        hub.on::<Login>(move |_, _| {
            let file = file.get().ok_or("it is set before the first record")?;
            // Refused in the commit of the file's own record, and accepted otherwise.
            if Logout.occurred().commit(file).is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<(), &str>(())
        })?;
        hub.register::<Logout>()?;
        let hub = hub.shared();
        let file = JsonLines::options().durability(Durability::OnFlush).open(&path)?.observed_by(hub.clone());
        assert!(to_file.set(file).is_ok());
        let file = to_file.get().ok_or("it is set")?;
        thread::scope(|scope| {
            scope.spawn(|| (0..ROUNDS).for_each(|_| assert!(Login.occurred().commit(file).is_ok())));
            scope.spawn(|| commit_on_threads(std::slice::from_ref(&hub)));
        });
        file.flush()?;
        let read = JsonLines::read(&path)?.collect::<Result<Vec<_>, _>>()?;
        assert_eq!(read.len() as u64, ROUNDS + logouts.load(Ordering::Relaxed));
        Ok(())
    })
}
