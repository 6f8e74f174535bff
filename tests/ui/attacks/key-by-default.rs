// The key to every machine, by a trait that makes things.

use victim::{ReportMachine, report_state};

fn take(draft: ReportMachine<report_state::Draft>) {
    let _ = tollgate::__private::Typed::open(draft, Default::default());
}

fn main() {}
