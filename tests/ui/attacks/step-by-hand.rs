// A step, by the function that the methods call.

use victim::{ReportMachine, report_state};

fn forge(draft: ReportMachine<report_state::Draft>) {
    let tracked = tollgate::__private::Typed::__view(&draft);
    let step: tollgate::Step<tollgate::commit::AlongEdge<report_state::Archived, 3>, ReportMachine<report_state::Draft>> =
        tollgate::__private::step(*tracked, |tracked| tollgate::__private::Typed::__wrap(tracked), tollgate::commit::NewState(()));
    let _ = step;
}

fn main() {}
