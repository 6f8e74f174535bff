// A wildcard leaves what no other edge of its name leaves, and a transition that stays is allowed in a terminal state.
#![deny(warnings)]

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(next, from = Draft, to = Review)]
#[transition(next, from = _, to = Published)]
#[transition(drop, from = _, to = Dropped)]
#[transition(comment, from = _, to = _)]
#[transition(comment, from = Dropped, to = _)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review,
    Published,
    #[state(terminal)]
    Dropped,
}

fn main() {
    let report = ReportMachine::create(7).commit(tollgate::NoAudit).unwrap();
    let report: ReportMachine<report_state::Review> = report.next().commit(tollgate::NoAudit).unwrap();
    let report: ReportMachine<report_state::Published> = report.next().commit(tollgate::NoAudit).unwrap();
    let report = report.next().commit(tollgate::NoAudit).unwrap();
    let report = report.drop().commit(tollgate::NoAudit).unwrap();
    assert_eq!(report.comment().commit(tollgate::NoAudit).unwrap().version(), 6);
}
