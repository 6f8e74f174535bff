// The arrival that follows a commit, called without one.

use victim::{ReportMachine, report_state};

fn leap(draft: ReportMachine<report_state::Draft>) -> ReportMachine<report_state::Archived> {
    draft.__enter(tollgate::commit::NewState(()), None)
}

fn main() {}
