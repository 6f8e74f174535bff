// A machine in place of one in another state.

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

fn print(report: &ReportMachine<report_state::Published>) {
    println!("{report:?}");
}

fn submit(report: ReportMachine<report_state::Draft>) {
    print(&report);
}

fn main() {}
