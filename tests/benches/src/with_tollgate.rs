//! The machine in tollgate: typed without an audit and into a `Vec`, and dispatched.

use std::hint::black_box;
use std::time::{Duration, Instant};

use tollgate::{NoAudit, Record, StateMachine};

use crate::by_hand_audited::{BATCH, CYCLES_A_BATCH};
use crate::{REPORT, Report, assert_same_work, time_by_value, time_typed};

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review)]
#[transition(approve, from = Review, to = Published)]
#[transition(reject, from = Review, to = Draft)]
#[transition(archive, from = Published, to = Archived)]
pub enum ReportState {
    #[state(initial)]
    Draft,
    Review,
    Published,
    #[state(terminal)]
    Archived,
}

use report_state::{Draft, Review};

#[inline]
fn submit(machine: ReportMachine<Draft>) -> ReportMachine<Review> {
    match machine.submit().commit(NoAudit) {
        Ok(machine) => machine,
        Err(refused) => match refused.into_cause() {},
    }
}
