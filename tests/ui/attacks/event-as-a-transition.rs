// The step of an event, used as the step of a transition.

use tollgate::events::Login;
use tollgate::{commit::AlongEdge, Event, Step};
use victim::{ReportMachine, report_state};

type Archived = AlongEdge<report_state::Archived, 3>;

fn forge() -> Step<Archived, ReportMachine<report_state::Draft>> {
    Login.occurred()
}

fn main() {}
