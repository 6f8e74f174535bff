// A step, by the function that the runtime has.

use victim::{ReportMachine, report_state};

fn forge(
    draft: ReportMachine<report_state::Draft>,
) -> tollgate::Step<tollgate::commit::AlongEdge<report_state::Archived, 3>, ReportMachine<report_state::Draft>> {
    tollgate::Step::new(draft, tollgate::commit::NewState(()))
}

fn main() {}
