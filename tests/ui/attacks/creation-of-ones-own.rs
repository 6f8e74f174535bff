// A foreign creation for the victim's machine, in a state that is not initial.

use tollgate::__private::Creation;
use victim::ReportState;

struct Own;

impl Creation for Own {
    type Machine = ReportState;

    fn index(&self) -> usize {
        2
    }

    fn into_state(self) -> ReportState {
        ReportState::Published
    }
}

fn main() {}
