// Steps of one's own, whose methods leave out the types that nobody can name.

use tollgate::commit::Steps;
use victim::{ReportMachine, report_state};

struct Leap(ReportMachine<report_state::Draft>);

impl Steps for Leap {
    type To = ReportMachine<report_state::Published>;
}

fn main() {}
