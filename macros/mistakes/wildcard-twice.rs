// One transition from every state, twice.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(comment, from = _, to = _)]
//           ^^^^^^^ `comment` leaves every state here first
#[transition(comment, from = _, to = _)]
//           ^^^^^^^ `comment` leaves every state twice; remove one of them
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
