// The entry of a foreign machine, used for a state of the victim.

use tollgate::StateMachine;
use tollgate::__private::IncomingSubject;
use victim::{ReportMachine, report_state};

#[derive(StateMachine)]
#[machine(subject = victim::Report)]
#[transition(end, from = Open, to = Shut)]
enum OwnState {
    #[state(initial)]
    Open,
    #[state(terminal)]
    Shut,
}

fn forge(entry: IncomingSubject<OwnState>) -> ReportMachine<report_state::Published> {
    entry.into_state::<report_state::Published>(())
}

fn main() {}
