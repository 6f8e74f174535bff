// A machine in place of a step.

use tollgate::{StateMachine, Subject, commit_all};

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

fn both(one: ReportMachine<report_state::Review>, other: ReportMachine<report_state::Draft>) {
    let _ = commit_all((other.archive(), one), &mut Vec::new());
}

fn main() {}
