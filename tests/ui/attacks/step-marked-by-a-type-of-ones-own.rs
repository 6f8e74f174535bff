// A step whose missing actor is marked by a foreign type.

use victim::{ReportMachine, report_state};

use tollgate::{commit::AlongEdge, commit::NewState, Step};
use victim::report_state::transition::approve;

struct Whoever;

impl tollgate::commit::ActorKnown for Whoever {}

type Approve = AlongEdge<report_state::Published, 1, approve>;

fn forge(report: ReportMachine<report_state::Review>) {
    let step: Step<Approve, ReportMachine<report_state::Review>, NewState<()>, Whoever> = report.approve();
    let _ = step.commit(tollgate::NoAudit);
}

fn main() {}
