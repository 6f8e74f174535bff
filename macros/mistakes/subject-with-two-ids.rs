// A subject with two id fields.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
struct Report {
    #[subject(id)]
//            ^^ the first id field is here
    id: u64,
    #[subject(id)]
//            ^^ a subject has only one id field, but this is a second one; unmark one of them
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
