//! The machine in tollgate: typed without an audit, typed into a `Vec`, and dispatched.

use std::error::Error;
use std::time::Duration;

use tollgate::{NoAudit, Record, Sink, StateMachine};

use crate::{REPORT, Report, assert_same_work, time_by_value, time_recorded, time_typed};

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
fn create() -> ReportMachine<Draft> {
    match ReportMachine::create(REPORT).commit(NoAudit) {
        Ok(machine) => machine,
        Err(refused) => panic!("{refused}"),
    }
}

#[inline]
fn submit(machine: ReportMachine<Draft>, sink: impl Sink) -> ReportMachine<Review> {
    match machine.submit().commit(sink) {
        Ok(machine) => machine,
        Err(_) => unreachable!("nothing refuses"),
    }
}

#[inline]
fn reject(machine: ReportMachine<Review>, sink: impl Sink) -> ReportMachine<Draft> {
    match machine.reject().commit(sink) {
        Ok(machine) => machine,
        Err(_) => unreachable!("nothing refuses"),
    }
}

#[inline]
fn fire(machine: AnyReport, transition: ReportTransition) -> Result<AnyReport, Box<dyn Error>> {
    Ok(machine.fire(transition)?.commit(NoAudit)?)
}

pub fn typed(cycles: u64) -> Duration {
    let (machine, elapsed) =
        time_typed(cycles, create(), |machine| submit(machine, NoAudit), |machine| reject(machine, NoAudit));
    // The creation is a version too.
    assert_same_work(cycles, *machine, machine.version() - 1);
    elapsed
}

pub fn recorded(cycles: u64) -> Duration {
    let (machine, elapsed) = time_recorded(
        cycles,
        create(),
        |machine, records: &mut Vec<Record>| submit(machine, records),
        |machine, records| reject(machine, records),
    );
    assert_same_work(cycles, *machine, machine.version() - 1);
    elapsed
}

pub fn dispatched(cycles: u64) -> Duration {
    let (machine, elapsed) = time_by_value(
        cycles,
        AnyReport::from(create()),
        || ReportTransition::Submit,
        || ReportTransition::Reject,
        |machine, transition| fire(machine, transition).unwrap_or_else(|error| panic!("{error}")),
    );
    let AnyReport::Draft(machine) = machine else { unreachable!("a cycle ends where it began") };
    assert_same_work(cycles, *machine, machine.version() - 1);
    elapsed
}

/// Records as they are in a log: each with an actor, each second one with a reason.
///
/// # Errors
///
/// Never returns an error: nothing refuses.
pub fn records(count: usize) -> Result<Vec<Record>, Box<dyn Error>> {
    let mut records = Vec::with_capacity(count + 1);
    let mut machine = create();
    while records.len() < count {
        let review = machine.submit().by("ann").commit(&mut records)?;
        machine = review.reject().by("bob").because("no sources").commit(&mut records)?;
    }
    records.truncate(count);
    Ok(records)
}
