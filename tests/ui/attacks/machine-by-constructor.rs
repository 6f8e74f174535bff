// A machine in a later state, by its constructor.

use victim::{ReportMachine, report_state};

fn forge(draft: ReportMachine<report_state::Draft>) -> ReportMachine<report_state::Published> {
    let tracked = draft.0;
    ReportMachine(tracked)
}

fn main() {}
