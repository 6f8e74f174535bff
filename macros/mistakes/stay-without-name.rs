// A transition that stays, without a name.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(from = Review, to = _)]
//                               ^ a transition with `to = _` needs a name, as in `#[transition(comment, from = .., to = _)]`
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
