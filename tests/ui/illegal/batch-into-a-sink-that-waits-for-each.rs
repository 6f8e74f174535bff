// Several steps into a sink that waits, and takes one record after another.

use tollgate::{Record, StateMachine, Subject, commit_all_async};

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

struct Remote;

impl tollgate::AsyncSink for Remote {
    type Error = std::io::Error;

    async fn on_success(&mut self, _: &Record) -> std::io::Result<()> {
        Ok(())
    }
}

async fn both(one: ReportMachine<report_state::Draft>, other: ReportMachine<report_state::Draft>) {
    let _ = commit_all_async((one.archive(), other.archive()), Remote).await;
}

fn main() {}
