// A required actor that only the sink provides: it must be given on the step.

use tollgate::{StateMachine, Subject, sink};

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

fn approve(report: ReportMachine<report_state::Review>) {
    let log: Vec<tollgate::Record> = Vec::new();
    let _ = report.approve().commit(sink::adapt(log).by("bob"));
}

fn main() {}
