// A transition from the state that was left.

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

fn review(report: Report) -> Result<(), Box<dyn std::error::Error>> {
    let mut log = Vec::new();
    let report = ReportMachine::create(report).commit(&mut log)?;
    let report = report.submit("bob".into()).commit(&mut log)?;
    let report = report.approve().by("bob").commit(&mut log)?;
    let report = report.reject().by("bob").because("no sources").commit(&mut log)?;
    println!("{report:?}");
    Ok(())
}

fn main() {}
