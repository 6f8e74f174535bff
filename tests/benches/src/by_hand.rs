//! The floor: the machine an expert writes without any library, typed and dispatched.

use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{REPORT, Report, assert_same_work, time_by_value, time_in_place, time_typed};

pub struct Draft;
pub struct Review;
pub struct Published;
pub struct Archived;

/// A report known to be in state `S`.
pub struct Machine<S> {
    report: Report,
    version: u64,
    state: PhantomData<S>,
}

impl<S> Machine<S> {
    #[inline]
    pub fn report(&self) -> &Report {
        &self.report
    }

    #[inline]
    pub fn version(&self) -> u64 {
        self.version
    }

    fn enter<T>(self) -> Machine<T> {
        Machine { report: self.report, version: self.version + 1, state: PhantomData }
    }
}

impl Machine<Draft> {
    pub fn create(report: Report) -> Self {
        Machine { report, version: 0, state: PhantomData }
    }

    #[inline]
    pub fn submit(self) -> Machine<Review> {
        self.enter()
    }
}

impl Machine<Review> {
    #[inline]
    pub fn approve(self) -> Machine<Published> {
        self.enter()
    }

    #[inline]
    pub fn reject(self) -> Machine<Draft> {
        self.enter()
    }
}

impl Machine<Published> {
    #[inline]
    pub fn archive(self) -> Machine<Archived> {
        self.enter()
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Event {
    Submit,
    Approve,
    Reject,
    Archive,
}

#[derive(Debug)]
pub struct NotAllowed;

/// A report whose state is known only at run time, as the typed machine of that state.
pub enum AnyMachine {
    Draft(Machine<Draft>),
    Review(Machine<Review>),
    Published(Machine<Published>),
    Archived(Machine<Archived>),
}

impl AnyMachine {
    #[inline]
    pub fn fire(self, event: Event) -> Result<Self, NotAllowed> {
        match (self, event) {
            (Self::Draft(machine), Event::Submit) => Ok(Self::Review(machine.submit())),
            (Self::Review(machine), Event::Approve) => Ok(Self::Published(machine.approve())),
            (Self::Review(machine), Event::Reject) => Ok(Self::Draft(machine.reject())),
            (Self::Published(machine), Event::Archive) => Ok(Self::Archived(machine.archive())),
            _ => Err(NotAllowed),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub enum State {
    Draft,
    Review,
    Published,
    Archived,
}

/// The same with a plain state field, changed in place: nothing typed, nothing moved.
pub struct FlatMachine {
    report: Report,
    version: u64,
    state: State,
}

impl FlatMachine {
    pub fn create(report: Report) -> Self {
        FlatMachine { report, version: 0, state: State::Draft }
    }

    #[inline]
    pub fn fire(&mut self, event: Event) -> Result<(), NotAllowed> {
        self.state = match (self.state, event) {
            (State::Draft, Event::Submit) => State::Review,
            (State::Review, Event::Approve) => State::Published,
            (State::Review, Event::Reject) => State::Draft,
            (State::Published, Event::Archive) => State::Archived,
            _ => return Err(NotAllowed),
        };
        self.version += 1;
        Ok(())
    }
}

pub fn typed(cycles: u64) -> Duration {
    let (machine, elapsed) = time_typed(cycles, Machine::create(REPORT), Machine::submit, Machine::reject);
    assert_same_work(cycles, machine.report, machine.version);
    elapsed
}

/// A machine that knows when its last step was, as tollgate's does: no longer two registers wide.
pub struct TimedMachine<S> {
    machine: Machine<S>,
    last_at: Option<DateTime<Utc>>,
}

impl<S> TimedMachine<S> {
    #[inline]
    fn step<T>(self, step: impl Fn(Machine<S>) -> Machine<T>) -> TimedMachine<T> {
        let now = Utc::now();
        let at = self.last_at.map_or(now, |last| last.max(now));
        TimedMachine { machine: step(self.machine), last_at: Some(at) }
    }
}

pub fn typed_with_time(cycles: u64) -> Duration {
    let (timed, elapsed) = time_typed(
        cycles,
        TimedMachine { machine: Machine::create(REPORT), last_at: None },
        |timed| timed.step(Machine::submit),
        |timed| timed.step(Machine::reject),
    );
    assert!(timed.last_at.is_some(), "the clock is read");
    assert_same_work(cycles, timed.machine.report, timed.machine.version);
    elapsed
}

pub fn dispatched_in_place(cycles: u64) -> Duration {
    let (machine, elapsed) =
        time_in_place(cycles, FlatMachine::create(REPORT), [Event::Submit, Event::Reject], |machine, event| {
            machine.fire(event).expect("the cycle is legal");
        });
    assert_same_work(cycles, machine.report, machine.version);
    elapsed
}

pub fn dispatched_by_value(cycles: u64) -> Duration {
    let (machine, elapsed) = time_by_value(
        cycles,
        AnyMachine::Draft(Machine::create(REPORT)),
        || Event::Submit,
        || Event::Reject,
        |machine, event| machine.fire(event).expect("the cycle is legal"),
    );
    match machine {
        AnyMachine::Draft(machine) => assert_same_work(cycles, machine.report, machine.version),
        _ => unreachable!("a cycle ends where it began"),
    }
    elapsed
}

/// A report whose state is known only at run time, with the time.
pub enum AnyTimedMachine {
    Draft(TimedMachine<Draft>),
    Review(TimedMachine<Review>),
    Published(TimedMachine<Published>),
    Archived(TimedMachine<Archived>),
}

impl AnyTimedMachine {
    #[inline]
    pub fn fire(self, event: Event) -> Result<Self, NotAllowed> {
        match (self, event) {
            (Self::Draft(timed), Event::Submit) => Ok(Self::Review(timed.step(Machine::submit))),
            (Self::Review(timed), Event::Approve) => Ok(Self::Published(timed.step(Machine::approve))),
            (Self::Review(timed), Event::Reject) => Ok(Self::Draft(timed.step(Machine::reject))),
            (Self::Published(timed), Event::Archive) => Ok(Self::Archived(timed.step(Machine::archive))),
            _ => Err(NotAllowed),
        }
    }
}

pub fn dispatched_with_time(cycles: u64) -> Duration {
    let (machine, elapsed) = time_by_value(
        cycles,
        AnyTimedMachine::Draft(TimedMachine { machine: Machine::create(REPORT), last_at: None }),
        || Event::Submit,
        || Event::Reject,
        |machine, event| machine.fire(event).expect("the cycle is legal"),
    );
    let AnyTimedMachine::Draft(timed) = machine else { unreachable!("a cycle ends where it began") };
    assert!(timed.last_at.is_some(), "the clock is read");
    assert_same_work(cycles, timed.machine.report, timed.machine.version);
    elapsed
}
