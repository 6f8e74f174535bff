// A machine, cloned for two transitions.

use victim::{ReportMachine, report_state};

fn twice(draft: ReportMachine<report_state::Draft>) {
    let again = draft.clone();
    let _ = (draft, again);
}

fn main() {}
