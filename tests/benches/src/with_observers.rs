//! Observers: a list of them next to a direct call, and one in the background next to a bare channel.

use std::convert::Infallible;
use std::hint::black_box;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tollgate::observer::{Background, Observer, Observers, WhenFull};
use tollgate::{Id, Record, StateMachine};

#[derive(StateMachine)]
#[transition(open, from = Shut, to = Ajar)]
enum DoorState {
    #[state(initial)]
    Shut,
    #[state(terminal)]
    Ajar,
}

/// A typical record: of a transition, with an actor and nothing that is on the heap.
fn record() -> Record {
    let made = || -> Result<Vec<Record>, Box<dyn std::error::Error>> {
        let mut log = Vec::new();
        let _ = DoorMachine::create(Id::from(7)).commit(&mut log)?.open().by(17).commit(&mut log)?;
        Ok(log)
    };
    made().expect("a vector cannot refuse").remove(1)
}

/// An observer that counts, and does nothing else.
struct Counter(u64);

impl Observer for Counter {
    fn observe(&mut self, record: &Record) -> Result<(), tollgate::observer::ObserverError> {
        self.0 += u64::from(record.version.is_some());
        Ok(())
    }
}

/// Without a list.
pub fn direct(turns: u64) -> Duration {
    let (record, mut counter) = (record(), Counter(0));
    let started = Instant::now();
    for _ in 0..turns {
        let _ = black_box(black_box(&mut counter).observe(black_box(&record)));
    }
    let elapsed = started.elapsed();
    assert_eq!(counter.0, turns, "it is told each time");
    elapsed
}

fn listed(number: usize, turns: u64) -> Duration {
    let record = record();
    let mut counters: Vec<Counter> = (0..number).map(|_| Counter(0)).collect();
    let mut observers = Observers::new();
    for counter in &mut counters {
        observers.add(counter.by_ref());
    }
    let started = Instant::now();
    for _ in 0..turns {
        black_box(&mut observers).notify(black_box(&record));
    }
    let elapsed = started.elapsed();
    drop(observers);
    assert!(counters.iter().all(|counter| counter.0 == turns), "each is told each time");
    elapsed
}

pub fn listed_0(turns: u64) -> Duration {
    listed(0, turns)
}

pub fn listed_1(turns: u64) -> Duration {
    listed(1, turns)
}

pub fn listed_4(turns: u64) -> Duration {
    listed(4, turns)
}

/// Room in every queue and channel.
const ROOM: usize = 1024;

/// Checks that the other thread has counted all records.
fn crossed(turns: u64, counted: u64) {
    assert_eq!(counted, turns, "each record arrives");
}

/// From the first record that is sent to the last one that is counted.
fn time_channel<S>(turns: u64, sender: S, send: impl Fn(&S, Record), drain: impl FnOnce() -> u64 + Send) -> Duration
where
    S: Send,
{
    let record = record();
    thread::scope(|scope| {
        let drains = scope.spawn(drain);
        let started = Instant::now();
        for _ in 0..turns {
            send(&sender, black_box(&record).clone());
        }
        drop(sender);
        crossed(turns, drains.join().expect("it only counts"));
        started.elapsed()
    })
}

pub fn crossbeam(turns: u64) -> Duration {
    let (sender, receiver) = crossbeam_channel::bounded::<Record>(ROOM);
    let drain = move || receiver.iter().map(black_box).map(|record| u64::from(record.version.is_some())).sum();
    time_channel(turns, sender, |sender, record| sender.send(record).expect("it is drained"), drain)
}

pub fn sync_channel(turns: u64) -> Duration {
    let (sender, receiver) = mpsc::sync_channel::<Record>(ROOM);
    let drain = move || receiver.iter().map(black_box).map(|record| u64::from(record.version.is_some())).sum();
    time_channel(turns, sender, |sender, record| sender.send(record).expect("it is drained"), drain)
}

/// It waits for room, as the channels do.
pub fn background(turns: u64) -> Duration {
    let record = record();
    let mut background = Background::bounded(ROOM, WhenFull::Wait)
        .spawn(|record: &Record| {
            black_box(record);
            Ok::<(), Infallible>(())
        })
        .expect("there is a thread to be had");
    let started = Instant::now();
    for _ in 0..turns {
        let told = Observer::observe(&mut background, black_box(&record));
        told.expect("it is open");
    }
    crossed(turns, background.close(Duration::MAX).delivered);
    started.elapsed()
}
