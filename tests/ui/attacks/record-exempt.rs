// A sink that has a commit build no record, as only `NoAudit` may.

use tollgate::{Record, Sink};

struct Quiet;

impl Sink for Quiet {
    type Error = ();

    fn on_success(&mut self, _: &Record) -> Result<(), ()> {
        Ok(())
    }

    fn fill(&self, step: &mut tollgate::sink::StepFields<'_>) {
        *step.wants_record = false;
    }
}

fn main() {}
