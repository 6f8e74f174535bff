// A creation in a later state, by the function that the methods call.

use victim::{Report, report_state};

fn forge(report: Report) {
    let _ = tollgate::__private::create::<report_state::Published>(report, ()).commit(tollgate::NoAudit);
}

fn main() {}
