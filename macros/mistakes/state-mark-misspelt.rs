// A mark on a field that is misspelt.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review {
        reviewer: String,
        #[state(redacted)]
        pin: String,
    },
    #[state(terminal)]
    Published,
}

fn main() {
    let mut log = Vec::new();
    let report = ReportMachine::create(7).commit(&mut log).unwrap();
    let report = report.submit("bob".into(), "1234".into()).commit(&mut log).unwrap();
    let report = report.publish().by("bob").commit(&mut log).unwrap();
    println!("{report:?} {}", log.len());
    match AnyReport::resume(7, ReportState::Draft, 1) {
        AnyReport::Draft(report) => drop(report.submit("bob".into(), "1234".into())),
        AnyReport::Review(report) => drop(report.reject().because("no sources")),
        AnyReport::Published(report) => drop(report.into_parts()),
    }
}
