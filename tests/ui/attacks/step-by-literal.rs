// A step, by a struct literal.

use victim::{ReportMachine, report_state};

fn forge(
    draft: ReportMachine<report_state::Draft>,
) -> tollgate::Step<report_state::transition::approve, ReportMachine<report_state::Draft>> {
    tollgate::Step { machine: draft, payload: tollgate::Moves(()), note: todo!(), marks: std::marker::PhantomData }
}

fn main() {}
