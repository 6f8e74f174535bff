// A recorded field that is flattened.

use serde::{Deserialize, Serialize};
use tollgate::StateMachine;

#[derive(Serialize, Deserialize)]
struct Pins {
    pin: u16,
}

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
        #[serde(flatten)]
//              ^^^^^^^ records do not honour `flatten` on `pin`; let `Review` hold one struct with that serde form, or use `#[state(skip)]`
        pin: Pins,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), Pins { pin: 1234 }));
