// A step, by a struct literal.

use victim::{ReportMachine, report_state};

fn forge(
    draft: ReportMachine<report_state::Draft>,
) -> tollgate::Step<tollgate::commit::AlongEdge<report_state::Archived, 3>, ReportMachine<report_state::Draft>> {
    tollgate::Step { machine: draft, payload: tollgate::commit::NewState(()), details: todo!(), types: std::marker::PhantomData }
}

fn main() {}
