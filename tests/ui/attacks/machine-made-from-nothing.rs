// A machine, by the traits with constructors.

use victim::{ReportMachine, report_state};

fn forge() -> ReportMachine<report_state::Published> {
    Default::default()
}

fn main() {}
