// A later state of the victim, declared as an initial state.

use victim::report_state;

impl tollgate::__private::Initial for report_state::Published {}

fn main() {}
