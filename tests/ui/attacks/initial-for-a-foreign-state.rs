// A later state of the victim's, declared to be one in which a subject is created.

use victim::report_state;

impl tollgate::__private::Initial for report_state::Published {}

fn main() {}
