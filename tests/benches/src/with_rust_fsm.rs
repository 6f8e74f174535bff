//! The machine in rust-fsm: a transition table, wrapped with the report it does not carry itself.

use std::time::Duration;

use rust_fsm::{TransitionImpossibleError, state_machine};

use crate::{REPORT, Report, assert_same_work, time_in_place};

state_machine! {
    #[derive(Debug, Clone, Copy)]
    table(Draft)

    Draft(Submit) => Review,
    Review => {
        Approve => Published,
        Reject => Draft,
    },
    Published(Archive) => Archived,
}

pub struct ReportMachine {
    report: Report,
    version: u64,
    machine: table::StateMachine,
}

impl ReportMachine {
    pub fn create(report: Report) -> Self {
        ReportMachine { report, version: 0, machine: table::StateMachine::new() }
    }

    #[inline]
    pub fn fire(&mut self, input: table::Input) -> Result<(), TransitionImpossibleError> {
        self.machine.consume(&input)?;
        self.version += 1;
        Ok(())
    }
}

pub fn dispatched(cycles: u64) -> Duration {
    let (machine, elapsed) = time_in_place(
        cycles,
        ReportMachine::create(REPORT),
        [table::Input::Submit, table::Input::Reject],
        |machine, input| machine.fire(input).expect("the cycle is legal"),
    );
    assert_same_work(cycles, machine.report, machine.version);
    elapsed
}
