// A step, committed twice.

use victim::{ReportMachine, report_state};

fn twice(draft: ReportMachine<report_state::Draft>) {
    let step = draft.submit("bob".to_owned());
    let _ = step.commit(tollgate::NoAudit);
    let _ = step.commit(tollgate::NoAudit);
}

fn main() {}
