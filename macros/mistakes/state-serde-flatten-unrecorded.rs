// A field that is flattened, and that a command carries.

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
    Review {
        reviewer: String,
        #[serde(flatten)]
//              ^^^^^^^ commands do not honour `flatten` on `pin`; let `Review` hold one struct with that serde form
        pin: Pins,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), Pins { pin: 1234 }));
