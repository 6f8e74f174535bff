// A key of `#[state(..)]` that does not exist.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal, finall)]
//                    ^^^^^^ `finall` is not a key of `#[state(..)]`; the keys are `initial`, `terminal`, `record`, `rename`, `was`, `data`
    Published,
}

use_report!(7);
