// An edge of a transition of the victim's, from a state that it does not leave.

use victim::{ReportMachine, report_state};

use victim::report_state::transition::archive;

impl tollgate::__private::Edge<archive> for ReportMachine<report_state::Review> {
    type To = ReportMachine<report_state::Archived>;
    type Seal = ();
    const INDEX: tollgate::__private::Position<(Self, archive), ()> = tollgate::__private::Position::new(4, &());
}

fn main() {}
