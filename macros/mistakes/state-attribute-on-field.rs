// `#[state(..)]` on a field.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review {
        #[state(record)]
//              ^^^^^^ `record` belongs on a variant, not on a field
        reviewer: String,
    },
    #[state(terminal)]
    Published,
}

use_report!(7);
