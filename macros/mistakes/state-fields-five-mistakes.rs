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
//              ^^^ `skp` is not a key of `#[state(..)]`; did you mean `skip`?
        reviewer: String,
        #[serde(flatten)]
//              ^^^^^^^ records do not honour `flatten` on `pin`; let `Review` hold one struct with that serde form, or use `#[state(skip)]`
        pin: String,
//      ^^^ the field `pin` has the name `pin` here
        #[serde(rename = "pin")]
//                       ^^^^^ the field `code` is recorded as `pin`, and so is `pin`; rename one of them
        code: String,
    },
    Second(#[state(skip)] u8, #[serde(default)] u8),
//                 ^^^^ only a named field can be skipped; write `Second { name: .. }`
//                                    ^^^^^^^ commands do not honour `default` on an unnamed field; write `Second { name: .. }`
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
