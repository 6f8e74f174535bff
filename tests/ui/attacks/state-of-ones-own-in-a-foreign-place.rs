// A foreign state of the victim's machine, with the position of one of its states.

use tollgate::__private::Position;
use tollgate::{State, StateMachine};
use victim::{ReportMachine, ReportState, report_state};

struct Own;

impl State for Own {
    type Machine = ReportState;
    type Data = ();
    type Typed = ReportMachine<Own>;
    const INDEX: Position<Self, <ReportState as StateMachine>::DeclarationToken> = report_state::Published::INDEX;

    fn value((): ()) -> ReportState {
        ReportState::Published
    }
}

fn main() {}
