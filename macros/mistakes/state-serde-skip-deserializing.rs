// A recorded field that is not read.

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
        #[serde(skip_deserializing)]
//              ^^^^^^^^^^^^^^^^^^ records do not honour `skip_deserializing` on `pin`; let `Review` hold one struct with that serde form, or use `#[state(skip)]`
        pin: String,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), "1234".into()));
