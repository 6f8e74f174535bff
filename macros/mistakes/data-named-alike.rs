// The data of two states under one name.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(data = Reading)]
    Review { reviewer: String },
    #[state(terminal, data = Reading)]
//                           ^^^^^^^ the data of `Published` would be named `Reading`, like the data of `Review`; rename it with `#[state(data = ..)]`
    Published { reader: String },
}

fn main() {
    let mut log = Vec::new();
    let report = ReportMachine::create(7).commit(&mut log).unwrap();
    let report = report.submit("bob".into()).commit(&mut log).unwrap();
    println!("{} is read by {}", report.version(), report.data().reviewer);
    let report = report.publish("ann".into()).by("bob").commit(&mut log).unwrap();
    println!("{report:?} {}", log.len());
    match AnyReport::resume(7, ReportState::Draft, 1) {
        AnyReport::Draft(report) => drop(report.submit("bob".into())),
        AnyReport::Review(report) => drop(report.reject().because("no sources")),
        AnyReport::Published(report) => drop(report.into_parts()),
    }
}
