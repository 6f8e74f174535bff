// A field that is renamed twice.

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
        #[serde(rename = "code", rename = "number")]
//                               ^^^^^^ `rename` is given twice
        pin: String,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), "1234".into()));
