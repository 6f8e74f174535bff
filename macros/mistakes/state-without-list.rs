// `#[state]` is empty.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state]
//    ^^^^^ the attribute is empty; write it as in `#[state(initial)]`
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
