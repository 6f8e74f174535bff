// A machine, used twice.

use victim::{ReportMachine, report_state};

fn twice(draft: ReportMachine<report_state::Draft>) {
    let _ = draft.submit("bob".to_owned()).commit(tollgate::NoAudit);
    let _ = draft.archive().commit(tollgate::NoAudit);
}

fn main() {}
