// Two transitions whose variants have one name.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(send_back, from = Review, to = Draft)]
//           ^^^^^^^^^ `send_back` is the variant `SendBack` of `ReportTransition` here
#[transition(send__back, from = Review, to = Draft)]
//           ^^^^^^^^^^ `send__back` and `send_back` would both be the variant `SendBack` of `ReportTransition`; rename one of them
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

fn main() {
    let mut log = Vec::new();
    let report = ReportMachine::create(7).commit(&mut log).unwrap();
    let report = report.submit("bob".into()).commit(&mut log).unwrap();
    println!("{} is read by {}", report.version(), report.data().reviewer);
    let report = report.publish().by("bob").commit(&mut log).unwrap();
    println!("{report:?} {}", log.len());
    match AnyReport::resume(7, ReportState::Draft, 1) {
        AnyReport::Draft(report) => drop(report.submit("bob".into())),
        AnyReport::Review(report) => drop(report.send_back().because("no sources")),
        AnyReport::Published(report) => drop(report.into_parts()),
    }
}
