// A typed machine around the tracked value of another state.

use tollgate::__private::{Tracked, Typed};
use victim::{ReportMachine, report_state};

fn forge(tracked: Tracked<report_state::Draft>) -> ReportMachine<report_state::Published> {
    Typed::__wrap(tracked)
}

fn main() {}
