// A union as a subject.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
pub union Report {
//  ^^^^^ a subject must be a struct, but this is a union; implement `Subject` manually
    id: u64,
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

use_report!(Report { id: 7 });
