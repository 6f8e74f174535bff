// A field that is written under one name and read under another.

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
        #[serde(rename(serialize = "code", deserialize = "number"))]
//              ^^^^^^ `pin` is written as `code` and read as `number`; use one name, and an `alias` for the other
        pin: String,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), "1234".into()));
