// A state to which nothing leads, and one that only it leads to: one mistake.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(find, from = Lost, to = Found)]
#[transition(lose, from = Found, to = Lost)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
    Found,
//  ^^^^^ `Found` is unreachable from `Draft`; declare a transition to it, or mark it with `#[state(initial)]`
    Lost,
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
        AnyReport::Review(report) => drop(report.reject().because("no sources")),
        AnyReport::Lost(report) => drop(report.find()),
        AnyReport::Found(report) => drop(report.lose()),
        AnyReport::Published(report) => drop(report.into_parts()),
    }
}
