// A foreign state of the victim's machine, whose position in the chart no seal confirms.

use tollgate::__private::Position;
use tollgate::{State, StateMachine};
use victim::{ReportMachine, ReportState};

struct Own;

impl State for Own {
    type Machine = ReportState;
    type Data = ();
    type Typed = ReportMachine<Own>;
    const INDEX: Position<Self, <ReportState as StateMachine>::DeclarationToken> = Position::new(2, &());

    fn value((): ()) -> ReportState {
        ReportState::Published
    }
}

fn main() {}
