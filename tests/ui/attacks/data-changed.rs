// The data of a state, changed without a transition.

use victim::{ReportMachine, report_state};

fn change(review: &mut ReportMachine<report_state::Review>) {
    review.data().reviewer = "eve".to_owned();
}

fn main() {}
