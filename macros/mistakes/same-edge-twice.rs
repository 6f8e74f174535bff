// The same edge, twice.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
//                           ^^^^^^ `publish` leaves `Review` here first
#[transition(publish, from = Review, to = Published)]
//                           ^^^^^^ `publish` leaves `Review` twice; remove one of them
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
