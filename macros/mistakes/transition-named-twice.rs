// Two names for the enum of the transitions.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition(name = A, derive(Clone)), transition = B)]
//                                             ^^^^^^^^^^ `transition` is given twice; write one list: `transition(name = .., derive(..))`
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

fn main() {
    let mut log = Vec::new();
    let report = ReportMachine::create(7).commit(&mut log).unwrap();
    let report = report.submit("bob".into()).commit(&mut log).unwrap();
    println!("{} is read by {}", report.version(), report.data().reviewer);
    let any = AnyReport::resume(7, ReportState::Draft, 1);
    drop(any.fire(A::Submit { reviewer: "bob".into() }));
}
