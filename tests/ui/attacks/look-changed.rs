// The view of a machine, changed to be in another state.

use tollgate::__private::{Look, Typed};
use victim::{ReportMachine, ReportState, report_state};

fn forge(draft: &ReportMachine<report_state::Draft>) -> Look<'_, ReportState> {
    let look = draft.__look().look();
    Look { state: 2, ..look }
}

fn main() {}
