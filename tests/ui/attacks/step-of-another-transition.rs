// A step of one transition, changed into that of another.

use victim::{ReportMachine, report_state};

use tollgate::Step;
use victim::report_state::transition::{archive, submit};

type Archive = Step<archive, ReportMachine<report_state::Draft>>;

fn forge(step: Step<submit, ReportMachine<report_state::Draft>>) -> Archive {
    Archive { ..step }
}

fn main() {}
