// Guards of one's own in place of those of a transition of the victim's.

use victim::{ReportMachine, report_state};

impl tollgate::__private::Guarded<report_state::transition::submit> for ReportMachine<report_state::Draft> {}

fn main() {}
