// Foreign guards for an edge of the victim: no step that calls them can be made.

use victim::{ReportMachine, report_state};

use tollgate::{commit::AlongEdge, commit::NewState, Step};

struct Lenient;

impl tollgate::__private::Guarded<Lenient> for ReportMachine<report_state::Review> {}

type Approval = AlongEdge<report_state::Published, 1, Lenient>;

fn approve(report: ReportMachine<report_state::Review>) -> ReportMachine<report_state::Published> {
    let step: Step<Approval, ReportMachine<report_state::Review>, NewState<()>> =
        tollgate::__private::step(report.0, ReportMachine, NewState(()));
    step.commit(tollgate::NoAudit).unwrap()
}

fn main() {}
