// Two states that are recorded under one name.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
//  ^^^^^ the state `Draft` is recorded as `Draft` here
    #[state(rename = "Draft")]
//                   ^^^^^^^ the state `Review` is recorded as `Draft`, and so is `Draft`; rename one of them
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
