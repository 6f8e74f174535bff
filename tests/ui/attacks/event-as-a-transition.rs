// The step of an event, taken for the step of a transition.

use tollgate::events::Login;
use tollgate::{Event, Moves, Step};
use victim::{ReportMachine, report_state};

type Submitted = Step<report_state::transition::submit, ReportMachine<report_state::Draft>, Moves<report_state::Review>>;

fn forge() -> Submitted {
    Login.occurred()
}

fn main() {}
