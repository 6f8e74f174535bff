// A state of the victim, implemented once more.

use victim::{ReportMachine, report_state};

impl tollgate::State for report_state::Published {
    type Machine = victim::ReportState;
    type Data = ();
    type Typed = ReportMachine<report_state::Published>;
    const INDEX: tollgate::__private::Position<Self, <victim::ReportState as tollgate::StateMachine>::DeclarationToken> =
        unreachable!();
}

fn main() {}
