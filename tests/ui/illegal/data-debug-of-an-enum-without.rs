// The `Debug` form of data whose enum derives none.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

fn main() {
    let report = ReportMachine::create(7).commit(tollgate::NoAudit).unwrap();
    let report = report.submit("bob".into()).commit(tollgate::NoAudit).unwrap();
    println!("{:?}", report.data());
}
