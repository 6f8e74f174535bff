// A field that is not read, and that a command carries.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review {
        reviewer: String,
        #[serde(skip_deserializing)]
//              ^^^^^^^^^^^^^^^^^^ commands do not honour `skip_deserializing` on `pin`; let `Review` hold one struct with that serde form
        pin: String,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), "1234".into()));
