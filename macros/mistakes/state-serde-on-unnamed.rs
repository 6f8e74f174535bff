// A recorded field without a name that serde is to skip.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review(#[serde(skip)] String),
//                 ^^^^ records do not honour `skip` on an unnamed field; write `Review { name: .. }`
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into()));
