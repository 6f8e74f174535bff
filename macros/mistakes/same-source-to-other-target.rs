// One transition from one state to two.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
//                           ^^^^^^ `publish` leaves `Review` here first
#[transition(publish, from = Review, to = Draft)]
//                           ^^^^^^ `publish` leaves `Review` twice; a call would be ambiguous; rename one of them
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
