//! The machine in statum: typestate from `#[state]`, `#[machine]` and `#[transition]`.

use std::time::Duration;

use statum::{machine, state, transition};

use crate::{REPORT, Report, assert_same_work, time_typed};

#[state]
pub enum ReportState {
    Draft,
    Review,
    Published,
    Archived,
}

#[machine]
pub struct Machine<ReportState> {
    report: Report,
    version: u64,
}

#[transition]
impl Machine<Draft> {
    #[inline]
    pub fn submit(mut self) -> Machine<Review> {
        self.version += 1;
        self.transition()
    }
}

#[transition]
impl Machine<Review> {
    #[inline]
    pub fn approve(mut self) -> Machine<Published> {
        self.version += 1;
        self.transition()
    }

    #[inline]
    pub fn reject(mut self) -> Machine<Draft> {
        self.version += 1;
        self.transition()
    }
}

#[transition]
impl Machine<Published> {
    #[inline]
    pub fn archive(mut self) -> Machine<Archived> {
        self.version += 1;
        self.transition()
    }
}

pub fn typed(cycles: u64) -> Duration {
    let draft = Machine::<Draft>::builder().report(REPORT).version(0).build();
    let (machine, elapsed) = time_typed(cycles, draft, Machine::<Draft>::submit, Machine::<Review>::reject);
    assert_same_work(cycles, machine.report, machine.version);
    elapsed
}
