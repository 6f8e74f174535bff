// The machine of the guide's examples. The page shows it, and the examples include it.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
#[subject(table = "reports", state = "state", version = "version")]
struct Report {
    #[subject(id)]
    id: i64,
    title: String,
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit,  from = Draft,  to = Review, guard = has_title)]
#[transition(approve, from = Review, to = Published, requires(actor))]
#[transition(comment, from = _,      to = _)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

fn has_title(report: &Report) -> bool {
    !report.title.is_empty()
}
