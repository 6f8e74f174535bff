// `#[transition(..)]` on a variant.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[transition(reject, to = Draft)]
//    ^^^^^^^^^^ `#[transition(..)]` belongs on the enum, not on a variant
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
