// `initial`, misspelt: that no state is initial is not reported too.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(inital)]
//          ^^^^^^ `inital` is not a key of `#[state(..)]`; did you mean `initial`?
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
