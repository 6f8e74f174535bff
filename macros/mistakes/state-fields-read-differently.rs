// A transition to two states that read one field differently.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
//                                      ^^^^^^ `submit` leads to `Review` here
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(submit, from = Second, to = Third)]
//                                       ^^^^^ `submit` reads `pin` differently for `Third` and `Review`; use the same serde attributes
#[transition(go, from = Draft, to = Second; end, from = Third, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review {
        reviewer: String,
        #[serde(rename = "code")]
        pin: String,
    },
    Second,
    Third { reviewer: String, pin: String },
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
        _ => {}
    }
}
