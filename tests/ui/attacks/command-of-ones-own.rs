// A command of one's own for the victim's machine, which leads where it likes.

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
