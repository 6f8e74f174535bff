// Five mistakes in the fields of two states.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(go, from = Review, to = Second; end, from = Second, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review {
        #[state(skp)]
        reviewer: String,
        #[serde(flatten)]
        pin: String,
        #[serde(rename = "pin")]
        code: String,
    },
    Second(#[state(skip)] u8, #[serde(default)] u8),
    #[state(terminal)]
    Published,
}

fn main() {
    let mut log = Vec::new();
    let report = ReportMachine::create(7).commit(&mut log).unwrap();
    let report = report.submit("bob".into(), "1234".into(), "5".into()).commit(&mut log).unwrap();
    let report = report.publish().by("bob").commit(&mut log).unwrap();
    println!("{report:?} {}", log.len());
    match AnyReport::resume(7, ReportState::Draft, 1) {
        AnyReport::Draft(report) => drop(report.submit("bob".into(), "1234".into(), "5".into())),
        AnyReport::Review(report) => drop(report.reject().because("no sources")),
        _ => {}
    }
}
