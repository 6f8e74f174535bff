// The step of an event, taken for the step of a transition.

use tollgate::events::Login;
use tollgate::{Along, Event, Step};
use victim::{ReportMachine, report_state};

type Archived = Along<report_state::Archived, 3>;

fn forge() -> Step<Archived, ReportMachine<report_state::Draft>> {
    Login.occurred()
}

fn main() {}
