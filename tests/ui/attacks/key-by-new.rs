// The key to every machine, by the function that the runtime has.

use victim::{ReportMachine, report_state};

fn take(draft: ReportMachine<report_state::Draft>) {
    let _ = tollgate::__private::Typed::__take_tracked(draft, tollgate::__private::TrackedKey::new());
}

fn main() {}
