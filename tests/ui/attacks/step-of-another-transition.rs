// A step of one transition, changed into that of another.

use victim::{ReportMachine, report_state};

use tollgate::{commit::AlongEdge, Step};

type Submit = AlongEdge<report_state::Review, 0>;
type Archive = AlongEdge<report_state::Archived, 3>;

fn forge(
    step: Step<Submit, ReportMachine<report_state::Draft>>,
) -> Step<Archive, ReportMachine<report_state::Draft>> {
    Step::<Archive, ReportMachine<report_state::Draft>> { ..step }
}

fn main() {}
