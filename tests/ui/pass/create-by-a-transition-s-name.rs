// With one initial state, a transition may have the name that a creation would have.
#![deny(warnings)]

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(create_draft, from = Draft, to = Copied)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Copied,
}

fn main() {
    let draft = ReportMachine::create(7).commit(tollgate::NoAudit).unwrap();
    assert_eq!(draft.create_draft().commit(tollgate::NoAudit).unwrap().version(), 2);
    let any = AnyReport::create(8, ReportCreation::Draft).commit(tollgate::NoAudit).unwrap();
    assert_eq!(any.version(), 1);
}
