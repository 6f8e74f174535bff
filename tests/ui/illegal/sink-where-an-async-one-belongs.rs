// A synchronous sink in place of an asynchronous one.

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

struct Printer;

impl tollgate::Sink for Printer {
    type Error = std::convert::Infallible;

    fn on_success(&mut self, record: &tollgate::Record) -> Result<(), Self::Error> {
        println!("{record:?}");
        Ok(())
    }
}

async fn submit(report: ReportMachine<report_state::Draft>) {
    let _ = report.submit("bob".into()).commit_async(Printer).await;
}

fn main() {}
