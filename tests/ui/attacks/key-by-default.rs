// The key to every machine, by a trait that makes things.

use victim::{ReportMachine, report_state};

fn take(draft: ReportMachine<report_state::Draft>) {
    let _ = tollgate::__private::Typed::__take_tracked(draft, Default::default());
}

fn main() {}
