// The target of a fired step, built manually.

use tollgate::{AnyStep, commit::FiredEdge, Step};
use victim::{AnyReport, ReportState};

fn forge(report: AnyReport) -> AnyStep<ReportState> {
    Step::<FiredEdge<ReportState>, AnyReport, _>::new(report, tollgate::commit::Target { edge: 0, state: None })
}

fn main() {}
