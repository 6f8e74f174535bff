// A public machine whose state and subject hold private types.

#![allow(private_interfaces)]

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
struct Report {
    #[subject(id)]
    id: u64,
}

struct Reviewer;

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review)]
#[transition(resubmit, from = Review, to = Review)]
#[transition(publish, from = Review, to = Published)]
pub enum ReportState {
    #[state(initial)]
    Draft,
    Review(Reviewer),
    #[state(terminal)]
    Published,
}

fn main() {
    match AnyReport::resume(Report { id: 7 }, ReportState::Draft, 1) {
        AnyReport::Draft(report) => drop(report.submit(Reviewer)),
        AnyReport::Review(report) => drop(report.publish()),
        AnyReport::Published(report) => drop(report.into_parts()),
    }
}
