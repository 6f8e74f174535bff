// The tracked value, taken out of a machine by a pattern.

use victim::{ReportMachine, report_state};

fn take(ReportMachine(tracked): ReportMachine<report_state::Draft>) {
    let _ = tracked;
}

fn main() {}
