// Several columns, without a table: one table is missing, not three.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
#[subject(key = "number", state = "phase", version = "version")]
//              ^^^^^^^^ `key` names a column, but no table is named; add `table = ".."`
struct Report {
    #[subject(id)]
    id: u64,
    title: String,
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(Report { id: 7, title: "Bees".to_owned() });
