// A key of `#[state(..)]`, misspelt.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminl)]
//          ^^^^^^^ `terminl` is not a key of `#[state(..)]`; did you mean `terminal`?
    Published,
}

use_report!(7);
