// A subject without a machine, used as one in a state.

fn forge(report: victim::Report) -> tollgate::commit::NewSubject<victim::ReportState> {
    tollgate::commit::NewSubject { subject: report, machine: std::marker::PhantomData }
}

fn main() {}
