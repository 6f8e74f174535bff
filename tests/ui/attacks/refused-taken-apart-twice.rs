// The machine and the step, both taken out of a refusal.

use victim::{ReportMachine, report_state};

fn both(draft: ReportMachine<report_state::Draft>, full: impl tollgate::Sink) {
    if let Err(refused) = draft.submit("bob".to_owned()).commit(full) {
        let step = refused.into_step();
        let draft = refused.into_machine();
        let _ = (step, draft);
    }
}

fn main() {}
