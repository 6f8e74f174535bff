// A required reason, left out in a list of steps.

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

fn all(reports: Vec<ReportMachine<report_state::Review>>) {
    let steps: Vec<_> = reports.into_iter().map(|report| report.reject().by("ann")).collect();
    let _ = commit_all(steps, &mut Vec::new());
}

fn main() {}
