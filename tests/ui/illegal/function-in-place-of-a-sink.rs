// A function in place of a sink: `sink::from_fn` makes one of it.

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

fn accept(_: &tollgate::Record) -> Result<(), String> {
    Ok(())
}

fn submit(report: ReportMachine<report_state::Draft>) {
    let _ = report.submit("bob".into()).commit(accept);
}

fn main() {}
