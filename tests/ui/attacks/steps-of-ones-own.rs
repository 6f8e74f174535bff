// Foreign steps: a type that chooses its machines.

use tollgate::commit::Steps;
use victim::{ReportMachine, report_state};

struct Leap(ReportMachine<report_state::Draft>);

impl Steps for Leap {
    type To = ReportMachine<report_state::Published>;

    fn list<'a>(&'a mut self, _: &mut tollgate::commit::batch::StepList<'a>) {}

    fn describe(&self, _: &mut Vec<tollgate::record::Description>) {}

    fn enter(self, _: &mut tollgate::commit::batch::Acceptances) -> Self::To {
        unreachable!("nobody can write this down")
    }
}

fn main() {}
