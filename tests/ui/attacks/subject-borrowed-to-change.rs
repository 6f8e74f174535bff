// The subject of a machine, borrowed to be changed.

use victim::{Report, ReportMachine, report_state};

fn replace(draft: &mut ReportMachine<report_state::Draft>) {
    let report: &mut Report = &mut *draft;
    *report = Report::new(8, "");
}

fn main() {}
