// A subject without fields.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
struct Report;
//     ^^^^^^ `Report` has no id field; add one and mark it with `#[subject(id)]`

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

use_report!(Report);
