// The key to every machine, by a trait with a constructor.

use victim::{ReportMachine, report_state};

fn take(draft: ReportMachine<report_state::Draft>) {
    let _ = tollgate::__private::Typed::__take_tracked(draft, Default::default());
}

fn main() {}
