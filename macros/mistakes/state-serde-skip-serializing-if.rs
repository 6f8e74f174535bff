// A recorded field that is left out conditionally.

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
        #[serde(skip_serializing_if = "Option::is_none")]
//              ^^^^^^^^^^^^^^^^^^^ records do not honour `skip_serializing_if` on `pin`; let `Review` hold one struct with that serde form, or use `#[state(skip)]`
        pin: Option<u16>,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), None));
