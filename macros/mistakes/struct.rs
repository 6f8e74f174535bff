// A struct.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
pub struct ReportState {
//  ^^^^^^ a state machine must be an enum with a variant for each state, but this is a struct
    reviewer: String,
}
