// A recorded state that is untagged.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    #[serde(untagged)]
//          ^^^^^^^^ records do not honour `untagged` on `Review`; use another enum for that serde form
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into()));
