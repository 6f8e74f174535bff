// A state without a way out that is not terminal.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    Published,
//  ^^^^^^^^^ `Published` is a dead end: no transition leaves it; declare one, or mark it with `#[state(terminal)]`
}

use_report!(7);
