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
//                ^^^^^^^^ the state `Review` already has the name `Review`; `was` is for former names
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
