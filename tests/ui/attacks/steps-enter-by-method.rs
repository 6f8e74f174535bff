// The arrival of several steps, called without a commit.

use tollgate::commit::Steps;
use victim::{ReportMachine, report_state};

fn leap(draft: ReportMachine<report_state::Draft>) -> ReportMachine<report_state::Archived> {
    let (archived,) = (draft.archive(),).enter(&mut Default::default());
    archived
}

fn main() {}
