// A subject that no machine holds yet, taken for one in a state.

fn forge(report: victim::Report) -> tollgate::commit::NewSubject<victim::report_state::Published> {
    tollgate::commit::NewSubject { subject: report, state: std::marker::PhantomData }
}

fn main() {}
