// The key to every machine, by its constructor.

use victim::{ReportMachine, report_state};

fn take(draft: ReportMachine<report_state::Draft>) {
    let _ = tollgate::__private::Typed::__take_tracked(draft, tollgate::__private::TrackedKey(std::marker::PhantomData));
}

fn main() {}
