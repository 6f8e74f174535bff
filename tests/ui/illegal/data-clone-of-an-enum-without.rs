// A clone of data whose enum is not `Clone`.

use tollgate::StateMachine;

#[derive(Debug, StateMachine)]
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

fn clone_of<T: Clone>(data: &T) -> T {
    data.clone()
}

fn main() {
    let report = ReportMachine::create(7).commit(tollgate::NoAudit).unwrap();
    let report = report.submit("bob".into()).commit(tollgate::NoAudit).unwrap();
    drop(clone_of(report.data()));
}
