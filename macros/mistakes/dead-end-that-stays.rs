// A state that is only left for itself.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(comment, from = Published, to = _)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    Published,
//  ^^^^^^^^^ `Published` is a dead end: nothing leaves it; mark it with `#[state(terminal)]` if that is meant
}

use_report!(7);
