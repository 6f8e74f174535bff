// A step that is committed after its machine was taken back.

use victim::{ReportMachine, report_state};

fn both(draft: ReportMachine<report_state::Draft>) {
    let step = draft.submit("bob".to_owned());
    let draft = step.into_machine();
    let _ = step.commit(tollgate::NoAudit);
    let _ = draft;
}

fn main() {}
