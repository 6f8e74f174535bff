// Two states that a rule gives one name.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(rename_all = "lowercase")]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(preview, from = Draft, to = ReView)]
#[transition(back, from = ReView, to = Draft)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
//  ^^^^^^ the state `Review` is recorded as `review` here
    #[state(terminal)]
    Published,
    ReView,
//  ^^^^^^ the state `ReView` is recorded as `review`, and so is `Review`; rename one of them
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
        AnyReport::ReView(report) => drop(report.back()),
        AnyReport::Published(report) => drop(report.into_parts()),
    }
}
