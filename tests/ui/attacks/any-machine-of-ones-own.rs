// A foreign run-time machine for the victim's states.

use tollgate::__private::{AnyMachine, MachineView};
use victim::{Report, ReportState};

struct Own(Report);

impl AnyMachine for Own {
    type Machine = ReportState;

    fn __view(&self) -> MachineView<'_, ReportState> {
        unreachable!()
    }

    fn __into_parts(self) -> (Report, ReportState, u64) {
        (self.0, ReportState::Published, 1)
    }
}

fn main() {}
