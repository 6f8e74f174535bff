// Foreign steps, whose methods leave out the types that cannot be named.

use tollgate::commit::Steps;
use victim::{ReportMachine, report_state};

struct Leap(ReportMachine<report_state::Draft>);

impl Steps for Leap {
    type To = ReportMachine<report_state::Published>;
}

fn main() {}
