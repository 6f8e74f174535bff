// A sink's acceptance, by any value that the arrival takes.

use victim::{ReportMachine, report_state};

fn leap(draft: ReportMachine<report_state::Draft>) -> ReportMachine<report_state::Archived> {
    draft.__enter(tollgate::commit::NewState(()), Default::default())
}

fn main() {}
