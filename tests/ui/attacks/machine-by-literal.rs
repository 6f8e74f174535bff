// A machine in a later state, by a struct literal.

use victim::{ReportMachine, report_state};

fn forge(tracked: tollgate::__private::Tracked<report_state::Published>) -> ReportMachine<report_state::Published> {
    ReportMachine { 0: tracked }
}

fn main() {}
