// A foreign command for the victim's machine, which leads to any state.

use tollgate::__private::Command;
use victim::ReportState;

struct Own;

impl Command for Own {
    type Machine = ReportState;

    fn index(&self) -> usize {
        0
    }

    fn into_target(self, _: usize) -> Option<ReportState> {
        Some(ReportState::Published)
    }
}

fn main() {}
