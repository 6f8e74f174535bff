// A subject that no machine holds yet, taken for one in a state.

fn forge(report: victim::Report) -> tollgate::New<victim::report_state::Published> {
    tollgate::New { subject: report, state: std::marker::PhantomData }
}

fn main() {}
