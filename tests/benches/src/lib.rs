//! One report machine (submit, approve, reject, archive), written once a file for each contender, and the loops that time them.
//!
//! Every contender bumps a version at each transition, so that all do the same work, and
//! every loop lives in the crate of its machine, so that no contender pays for a call that is not
//! inlined across crates.

#![allow(missing_docs, reason = "the peers' macros write public items without docs, and nobody else reads ours")]
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "public for this package's own programs alone"
)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "counts of turns and nanoseconds are far below the limits"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use tollgate::Subject;

pub mod by_hand;
pub mod fields;
pub mod ratios;
pub mod recorded_by_hand;
pub mod with_observers;
pub mod with_rust_fsm;
pub mod with_smlang;
pub mod with_statig;
pub mod with_statum;
pub mod with_tollgate;

/// The subject of every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subject)]
pub struct Report {
    #[subject(id)]
    pub id: u64,
}

/// Times cycles of two typed steps, there and back, and returns the machine they end with.
fn time_typed<Start, Middle>(
    cycles: u64,
    machine: Start,
    there: impl Fn(Start) -> Middle,
    back: impl Fn(Middle) -> Start,
) -> (Start, Duration) {
    let mut machine = black_box(machine);
    let started = Instant::now();
    for _ in 0..cycles {
        machine = call(&back, call(&there, machine));
    }
    (machine, started.elapsed())
}

/// Times cycles of two events fired at a machine that changes in place.
fn time_in_place<Machine, Event: Copy>(
    cycles: u64,
    machine: Machine,
    [there, back]: [Event; 2],
    fire: impl Fn(&mut Machine, Event),
) -> (Machine, Duration) {
    let mut machine = black_box(machine);
    let started = Instant::now();
    for _ in 0..cycles {
        call_with(&fire, &mut machine, black_box(there));
        call_with(&fire, &mut machine, black_box(back));
    }
    (machine, started.elapsed())
}

/// Times cycles of two events fired at a machine that is passed by value.
///
/// The events are made again each time: not every contender's can be copied.
fn time_by_value<Machine, Event>(
    cycles: u64,
    machine: Machine,
    there: impl Fn() -> Event,
    back: impl Fn() -> Event,
    fire: impl Fn(Machine, Event) -> Machine,
) -> (Machine, Duration) {
    let mut machine = black_box(machine);
    let started = Instant::now();
    for _ in 0..cycles {
        let middle = call_with(&fire, machine, black_box(there()));
        machine = call_with(&fire, middle, black_box(back()));
    }
    (machine, started.elapsed())
}

/// Times cycles of two typed steps, each of which pushes a record into a `Vec` with room for it.
///
/// The `Vec` is cleared outside the measured time, before it outgrows the processor's caches: in all of memory
/// the rows would differ by page faults.
fn time_recorded<Start, Middle, Record>(
    cycles: u64,
    machine: Start,
    there: impl Fn(Start, &mut Vec<Record>) -> Middle,
    back: impl Fn(Middle, &mut Vec<Record>) -> Start,
) -> (Start, Duration) {
    const BATCH: u64 = 256;
    let mut machine = black_box(machine);
    let mut records = Vec::with_capacity(2 * BATCH as usize);
    let mut elapsed = Duration::ZERO;
    for first in (0..cycles).step_by(BATCH as usize) {
        let batch = BATCH.min(cycles - first);
        let started = Instant::now();
        for _ in 0..batch {
            let middle = call_with(&there, machine, &mut records);
            machine = call_with(&back, middle, &mut records);
        }
        elapsed += started.elapsed();
        assert_eq!(black_box(&records).len() as u64, 2 * batch, "each transition leaves a record");
        records.clear();
    }
    (machine, elapsed)
}

/// A step behind a call, or the optimiser adds up the steps of a whole loop.
///
/// A call and not `black_box(machine)`: that sends every machine through memory, and the stores and
/// loads of it take longer than the step and hide it.
#[inline(never)]
fn call<From, To>(step: impl Fn(From) -> To, machine: From) -> To {
    step(machine)
}

/// The same for a step that gets its direction as an argument.
#[inline(never)]
fn call_with<From, Event, To>(step: impl Fn(From, Event) -> To, machine: From, event: Event) -> To {
    step(machine, event)
}

/// Asserts that a contender did the same work as the others: two versions a cycle, and the same report.
fn assert_same_work(cycles: u64, report: Report, version: u64) {
    assert_eq!(report, REPORT, "a machine keeps its report");
    assert_eq!(version, 2 * cycles, "a cycle is two transitions");
}

/// Returns the report of every contender.
const REPORT: Report = Report { id: 7 };
