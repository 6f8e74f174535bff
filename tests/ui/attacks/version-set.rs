// The version of a machine, set back.

use victim::{ReportMachine, report_state};

fn back(draft: &mut ReportMachine<report_state::Draft>) {
    draft.version() = 1;
}

fn main() {}
