// The arrival that follows a commit, called without one.

use victim::{ReportMachine, report_state};

struct Leap;

impl tollgate::__private::Edge<Leap> for ReportMachine<report_state::Draft> {
    type To = ReportMachine<report_state::Published>;
    type Seal = <victim::ReportState as tollgate::StateMachine>::Seal;
    const INDEX: tollgate::__private::Position<(Self, Leap), Self::Seal> = unreachable!();
}

fn leap(draft: ReportMachine<report_state::Draft>) -> ReportMachine<report_state::Published> {
    draft.__arrive(tollgate::Moves(()), None)
}

fn main() {}
