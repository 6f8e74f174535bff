// Foreign guards in place of those of the victim's transition.

use victim::{ReportMachine, report_state};

impl tollgate::__private::Guarded<report_state::transition::submit> for ReportMachine<report_state::Draft> {}

fn main() {}
