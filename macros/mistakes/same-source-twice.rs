// The same source, twice in one transition.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review | Review, to = Published)]
//                                    ^^^^^^ `publish` leaves `Review` twice; remove one of them
//                           ^^^^^^ `publish` leaves `Review` here first
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
