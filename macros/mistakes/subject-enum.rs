// An enum as a subject.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
pub enum Report {
//  ^^^^ a subject must be a struct, but this is an enum; implement `Subject` manually
    Paper,
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

use_report!(Report::Paper);
