// A recorded state that serde is to skip.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    #[serde(skip)]
//          ^^^^ records do not honour `skip` on `Review`; leave `record` out, or use another enum for that serde form
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into()));
