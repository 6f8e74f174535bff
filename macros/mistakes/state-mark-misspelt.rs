// A mark on a field that is misspelt.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review {
        reviewer: String,
        #[state(redacted)]
//              ^^^^^^^^ `redacted` is not a key of `#[state(..)]`; did you mean `redact`?
        pin: String,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), "1234".into()));
