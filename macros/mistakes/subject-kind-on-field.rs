// `#[subject(kind = ..)]` on a field.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
struct Report {
    #[subject(id)]
    id: u64,
    #[subject(kind = "Report")]
//            ^^^^ `kind` belongs on the struct
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
