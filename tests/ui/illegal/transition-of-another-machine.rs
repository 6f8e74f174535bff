// A transition of another machine of the crate.

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

#[derive(StateMachine)]
#[transition(open, from = Shut, to = Ajar)]
#[transition(archive, from = Ajar, to = Shut)]
enum DoorState {
    #[state(initial)]
    Shut,
    Ajar,
}

fn open(report: ReportMachine<report_state::Draft>, door: DoorMachine<door_state::Shut>) {
    let _ = report.open().commit(&mut Vec::new());
    let _ = door.archive().commit(&mut Vec::new());
}

fn main() {}
