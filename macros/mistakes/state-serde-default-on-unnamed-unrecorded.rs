// A field without a name and with a default, which a command carries.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review(#[serde(default)] String),
//                 ^^^^^^^ commands do not honour `default` on an unnamed field; write `Review { name: .. }`
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into()));
