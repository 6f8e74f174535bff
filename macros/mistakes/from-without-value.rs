// `from` without its value.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from, to = Review)]
//                   ^^^^ `from` takes a state, several with `|` between them, or `_` for every state that is not terminal: `from = ..`
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
