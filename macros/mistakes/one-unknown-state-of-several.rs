// One of two sources, misspelt.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Draft | Reveiw, to = Published)]
//                                   ^^^^^^ `publish` leaves `Reveiw`, which is not a state; did you mean `Review`?
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
