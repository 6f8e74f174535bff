// A field that is renamed by `#[state(..)]`.

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
        #[state(rename = "code")]
//              ^^^^^^ `rename` belongs on a variant; a field is renamed by `#[serde(rename = "..")]`
        pin: String,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), "1234".into()));
