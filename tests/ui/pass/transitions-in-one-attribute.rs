// Several transitions in one attribute, with semicolons between them and one at the end.
#![deny(warnings)]

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(
    submit, from = Draft, to = Review;
    reject, from = Review, to = Draft, requires(actor, reason);
    from = Review, to = Published;
)]
#[transition(archive, from = Published, to = Archived)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review,
    Published,
    #[state(terminal)]
    Archived,
}

fn main() {
    let report = ReportMachine::create(7).commit(tollgate::NoAudit).unwrap();
    let report = report.submit().commit(tollgate::NoAudit).unwrap();
    let report = report.to_published().commit(tollgate::NoAudit).unwrap();
    assert_eq!(report.archive().commit(tollgate::NoAudit).unwrap().version(), 4);
}
