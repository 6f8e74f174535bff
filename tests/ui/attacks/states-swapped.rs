// Two machines in different states, swapped.

use victim::{ReportMachine, report_state};

fn swap(draft: &mut ReportMachine<report_state::Draft>, review: &mut ReportMachine<report_state::Review>) {
    std::mem::swap(draft, review);
}

fn main() {}
