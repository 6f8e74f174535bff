// A default that is not a path.

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
        #[serde(default = "0 + 1")]
//                        ^^^^^^^ `default` takes a path in quotes
        pin: u16,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), 1234));
