// An edge of a transition of one's own between states of the victim's: no step can be made of it.

use victim::{ReportMachine, report_state};

use tollgate::{Moves, Step};

struct Leap;

impl tollgate::__private::Edge<Leap> for ReportMachine<report_state::Draft> {
    type To = ReportMachine<report_state::Published>;
    type Seal = <victim::ReportState as tollgate::StateMachine>::Seal;
    const INDEX: tollgate::__private::Position<(Self, Leap), Self::Seal> = unreachable!();
}

fn leap(draft: ReportMachine<report_state::Draft>) -> ReportMachine<report_state::Published> {
    let step: Step<Leap, ReportMachine<report_state::Draft>, Moves<()>> =
        tollgate::__private::step(draft.0, ReportMachine, Moves(()));
    step.commit(tollgate::NoAudit).unwrap()
}

fn main() {}
