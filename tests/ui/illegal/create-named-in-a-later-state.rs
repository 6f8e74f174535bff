// A creation by name in a state that is not initial.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
struct Report {
    #[subject(id)]
    id: u64,
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review)]
#[transition(approve, from = Review, to = Published, requires(actor))]
#[transition(reject, from = Review, to = Draft, requires(actor, reason))]
#[transition(archive, from = Draft | Published, to = Archived)]
#[transition(comment, from = _, to = _)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    Published,
    #[state(terminal)]
    Archived,
}

fn create(report: Report) {
    let _ = ReportMachine::<report_state::Published>::create(report).commit(tollgate::NoAudit);
}

fn main() {}
