// The state of a tracked value, changed.

use tollgate::__private::Tracked;
use victim::report_state;

fn forge(tracked: Tracked<report_state::Draft>) -> Tracked<report_state::Published> {
    Tracked { data: (), ..tracked }
}

fn main() {}
