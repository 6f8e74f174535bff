// Two states in which a subject can be created: each has a method.
#![deny(warnings)]

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(initial)]
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

fn main() {
    let draft = ReportMachine::create_draft(7).commit(tollgate::NoAudit).unwrap();
    let review = ReportMachine::create_review(8, "bob".to_owned()).commit(tollgate::NoAudit).unwrap();
    assert_eq!((draft.version(), review.data().reviewer.as_str()), (1, "bob"));
    assert_eq!(review.publish().commit(tollgate::NoAudit).unwrap().version(), 2);
}
