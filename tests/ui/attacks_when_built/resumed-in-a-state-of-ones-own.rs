// A foreign state of the victim's machine, without a position, to resume in.

use tollgate::__private::Position;
use tollgate::machine::resume_in;
use tollgate::{State, StateMachine};
use victim::{Report, ReportMachine, ReportState};

struct Own;

impl State for Own {
    type Machine = ReportState;
    type Data = ();
    type Typed = ReportMachine<Own>;
    const INDEX: Position<Self, <ReportState as StateMachine>::DeclarationToken> = unreachable!();

    fn value((): ()) -> ReportState {
        ReportState::Published
    }
}

fn main() {
    drop(resume_in::<Own>(Report::new(7, ""), (), 1));
}
