// `#[state]` says nothing.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state]
//    ^^^^^ there is nothing to read here; say it as in `#[state(initial)]`
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
