// A redacted field without a name, one of two.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review(String, #[state(redact)] String),
//                         ^^^^^^ only a named field can be redacted; write `Review { name: .. }`
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), "1234".into()));
