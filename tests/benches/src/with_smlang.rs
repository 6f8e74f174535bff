//! The machine in smlang: a transition table, with the report in the context.

use std::time::Duration;

use smlang::statemachine;

use crate::{REPORT, Report, assert_same_work, time_in_place};

statemachine! {
    derive_states: [Debug],
    derive_events: [Debug, Clone, Copy],
    transitions: {
        *Draft + Submit / count = Review,
        Review + Approve / count = Published,
        Review + Reject / count = Draft,
        Published + Archive / count = Archived,
    },
}

pub struct Context {
    report: Report,
    version: u64,
}

impl StateMachineContext for Context {
    // An action, since the hook of each transition cannot change the context.
    #[inline]
    fn count(&mut self) -> Result<(), ()> {
        self.version += 1;
        Ok(())
    }
}

pub fn dispatched(cycles: u64) -> Duration {
    let context = Context { report: REPORT, version: 0 };
    let (machine, elapsed) =
        time_in_place(cycles, StateMachine::new(context), [Events::Submit, Events::Reject], |machine, event| {
            machine.process_event(event).expect("the cycle is legal");
        });
    assert_same_work(cycles, machine.context().report, machine.context().version);
    elapsed
}
