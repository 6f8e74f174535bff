// A former name that is the present one.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(was = "Review")]
//                ^^^^^^^^ the state `Review` has the name `Review` already; `was` is for former names
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
