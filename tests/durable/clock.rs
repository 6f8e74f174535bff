//! The machine of these tests: a clock, because each tick is another record.

use std::collections::{HashMap, HashSet};

use tollgate::uuid::Uuid;
use tollgate::{AsyncSink, CommitError, Id, Record, Sink, StateMachine};

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(tick, from = Running, to = _)]
#[transition(stop, from = Running, to = Stopped)]
pub(crate) enum ClockState {
    #[state(initial)]
    Running,
    #[state(terminal)]
    Stopped,
}

pub(crate) type Clock = ClockMachine<clock_state::Running>;

pub(crate) fn created<K: Sink>(id: u64, log: K) -> Clock
where
    K::Error: std::fmt::Debug,
{
    ClockMachine::create(Id::from(id)).commit(log).map_err(CommitError::into_cause).expect("nothing guards a creation")
}

/// Ticks this often, and returns the ids of the records.
pub(crate) fn tick<K: Sink + Copy>(mut clock: Clock, times: usize, log: K) -> (Clock, Vec<Uuid>)
where
    K::Error: std::fmt::Debug,
{
    let mut ids = Vec::new();
    for _ in 0..times {
        let mut step = clock.tick();
        ids.push(step.record_id());
        clock = step.commit(log).map_err(CommitError::into_cause).expect("the file takes it");
    }
    (clock, ids)
}

pub(crate) async fn tick_async<K: AsyncSink + Copy>(mut clock: Clock, times: usize, log: K) -> Vec<Uuid>
where
    K::Error: std::fmt::Debug,
{
    let mut ids = Vec::new();
    for _ in 0..times {
        let mut step = clock.tick();
        ids.push(step.record_id());
        clock = step.commit_async(log).await.map_err(CommitError::into_cause).expect("the file takes it");
    }
    ids
}

/// Records that are in no file.
pub(crate) fn records(id: u64, count: usize) -> Vec<Record> {
    let mut records = Vec::new();
    let mut clock = created(id, &mut records);
    while records.len() < count {
        clock = clock.tick().commit(&mut records).expect("memory takes all");
    }
    records
}

/// Asserts that each record is there once, and that the versions of each subject have no gap.
pub(crate) fn assert_in_order(records: &[Record]) {
    let mut ids = HashSet::new();
    let mut versions = HashMap::new();
    for record in records {
        assert!(ids.insert(record.id), "{} is there twice", record.id);
        let subject = record.subject.as_ref().expect("a clock has an id");
        let last = versions.insert(subject.clone(), record.version).unwrap_or(Some(0));
        assert_eq!(record.version, last.map(|last| last + 1), "the versions of {subject}");
    }
}
