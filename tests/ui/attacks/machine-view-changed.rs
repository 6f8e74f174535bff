// The view of a machine, changed to be in another state.

use tollgate::__private::{MachineView, Typed};
use victim::{ReportMachine, ReportState, report_state};

fn forge(draft: &ReportMachine<report_state::Draft>) -> MachineView<'_, ReportState> {
    let view = draft.__view().view();
    MachineView { state: 2, ..view }
}

fn main() {}
