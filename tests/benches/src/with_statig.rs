//! The machine in statig: a handler method a state, with the report in the shared storage.

#![allow(clippy::trivially_copy_pass_by_ref, reason = "statig hands its events out by reference")]

use std::time::Duration;

use statig::prelude::*;

use crate::{REPORT, Report, assert_same_work, time_in_place};

#[derive(Debug, Clone, Copy)]
pub enum Event {
    Submit,
    Approve,
    Reject,
    Archive,
}

pub struct ReportMachine {
    report: Report,
    version: u64,
}

impl ReportMachine {
    #[inline]
    fn enter(&mut self, state: State) -> Outcome<State> {
        self.version += 1;
        Transition(state)
    }
}

// An illegal event is not an error here: without a superstate that handles it, statig drops it.
#[state_machine(initial = "State::draft()")]
impl ReportMachine {
    #[state]
    #[inline]
    fn draft(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Submit => self.enter(State::review()),
            _ => Super,
        }
    }

    #[state]
    #[inline]
    fn review(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Approve => self.enter(State::published()),
            Event::Reject => self.enter(State::draft()),
            _ => Super,
        }
    }

    #[state]
    #[inline]
    fn published(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Archive => self.enter(State::archived()),
            _ => Super,
        }
    }

    #[state]
    #[inline]
    fn archived() -> Outcome<State> {
        Super
    }
}

pub fn dispatched(cycles: u64) -> Duration {
    let draft = ReportMachine { report: REPORT, version: 0 };
    let (machine, elapsed) = time_in_place(
        cycles,
        // Initialised beforehand, or `handle` asks at each event whether it is.
        draft.uninitialized_state_machine().init(),
        [Event::Submit, Event::Reject],
        |machine, event| machine.handle(&event),
    );
    assert_same_work(cycles, machine.report, machine.version);
    elapsed
}
