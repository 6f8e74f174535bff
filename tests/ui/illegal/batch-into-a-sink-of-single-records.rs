// Several steps into a sink that takes one record after another.

use tollgate::{Record, StateMachine, Subject, commit_all};

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

fn both(one: ReportMachine<report_state::Draft>, other: ReportMachine<report_state::Draft>) {
    let sink = tollgate::sink::from_fn(|_: &Record| Ok::<(), std::io::Error>(()));
    let _ = commit_all((one.archive(), other.archive()), sink);
}

fn main() {}
