// A key of `#[transition(..)]`, misspelt.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review, gaurd = has_title)]
//                                              ^^^^^ `gaurd` is not a key of `#[transition(..)]`; did you mean `guard`?
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
