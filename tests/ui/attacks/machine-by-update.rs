// A machine in a later state, by the fields of one in an earlier state.

use victim::{ReportMachine, report_state};

fn forge(draft: ReportMachine<report_state::Draft>) -> ReportMachine<report_state::Published> {
    ReportMachine { ..draft }
}

fn main() {}
