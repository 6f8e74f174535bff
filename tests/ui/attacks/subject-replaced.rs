// The subject of a machine, replaced by another's.

use victim::{Report, ReportMachine, report_state};

fn replace(draft: &mut ReportMachine<report_state::Draft>, review: &mut ReportMachine<report_state::Review>) {
    std::mem::swap::<Report>(draft, review);
}

fn main() {}
