// A source with its path.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = ReportState::Draft, to = Review)]
//                          ^^^^^^^^^^^^^^^^^^ write the state without its path: `Draft`
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
