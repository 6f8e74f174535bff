// Steps of one's own: a type that says which machines it arrives with.

use tollgate::commit::Steps;
use victim::{ReportMachine, report_state};

struct Leap(ReportMachine<report_state::Draft>);

impl Steps for Leap {
    type To = ReportMachine<report_state::Published>;

    fn each<'a>(&'a mut self, _: &mut tollgate::commit::batch::Each<'a>) {}

    fn in_words(&self, _: &mut Vec<String>) {}

    fn arrive(self, _: &mut tollgate::commit::batch::Arrivals) -> Self::To {
        unreachable!("nobody can write this down")
    }
}

fn main() {}
