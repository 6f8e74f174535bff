// The tracked value, taken out of a machine by its field.

use victim::{ReportMachine, report_state};

fn take(draft: ReportMachine<report_state::Draft>) {
    let _ = draft.0;
}

fn main() {}
