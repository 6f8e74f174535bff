// A refusal, by its constructor, to take a machine out of it.

use victim::{ReportMachine, report_state};

fn forge(draft: ReportMachine<report_state::Draft>) {
    let _ = tollgate::CommitError::<_, ()>::new(tollgate::Cause::Sink(()), draft);
}

fn main() {}
