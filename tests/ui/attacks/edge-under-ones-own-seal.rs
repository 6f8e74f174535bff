// An edge of a transition of one's own, under a seal of one's own.

use victim::{ReportMachine, report_state};

use tollgate::{Moves, Step};

struct Leap;

impl tollgate::__private::Edge<Leap> for ReportMachine<report_state::Draft> {
    type To = ReportMachine<report_state::Published>;
    type Seal = ();
    const INDEX: tollgate::__private::Position<(Self, Leap), ()> = tollgate::__private::Position::new(0, &());
}

fn leap(step: Step<Leap, ReportMachine<report_state::Draft>, Moves<()>>) -> ReportMachine<report_state::Published> {
    step.commit(tollgate::NoAudit).unwrap()
}

fn main() {}
