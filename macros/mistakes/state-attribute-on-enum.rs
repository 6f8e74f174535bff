// `#[state(..)]` on the enum.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[state(initial)]
//^^^^^ `#[state(..)]` belongs on a variant, not on the enum
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
