// The trait that says which states a transition leaves, for one that it does not leave.

use victim::{ReportMachine, report_state};

impl victim::report_state::edge::Archive<report_state::Review> for ReportMachine<report_state::Review> {}

fn main() {}
