// A step, cloned to be committed twice.

use victim::{ReportMachine, report_state};

fn twice(draft: ReportMachine<report_state::Draft>) {
    let step = draft.submit("bob".to_owned());
    let again = step.clone();
    let _ = (step.commit(tollgate::NoAudit), again.commit(tollgate::NoAudit));
}

fn main() {}
