// Five mistakes of meaning in one declaration, three of them at two places: eight errors.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Revew)]
//                                      ^^^^^ `submit` leads to `Revew`, which is not a state; did you mean `Review`?
#[transition(reject, from = Review, to = Draft, rename = "create")]
//                                                       ^^^^^^^^ `reject` is recorded as `create`, and so is every creation; choose another recorded name
#[transition(publish, from = Review, to = Published)]
//                           ^^^^^^ `publish` leaves `Review` here first
#[transition(publish, from = Review, to = Draft)]
//                           ^^^^^^ `publish` leaves `Review` twice; a call would be ambiguous; rename one of them
#[transition(withdraw, from = Published, to = Draft)]
//                            ^^^^^^^^^ `withdraw` leaves `Published`, which is terminal; only `to = _` is possible there
enum ReportState {
    #[state(initial)]
    Draft,
//  ^^^^^ the state `Draft` is recorded as `Draft` here
    #[state(was = "Draft")]
//                ^^^^^^^ the state `Review` is recorded as `Draft`, and so is `Draft`; rename one of them
    Review { reviewer: String },
    #[state(terminal)]
//          ^^^^^^^^ `Published` is marked terminal here
    Published,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut log = Vec::new();
    let report = ReportMachine::create(7).by("ann").commit(&mut log)?;
    let report = report.submit("bob".into()).commit(&mut log)?;
    println!("{}", report.data().reviewer);
    let report = report.reject().commit(&mut log)?;
    let report = report.submit("eve".into()).commit(&mut log)?;
    let report = report.publish().commit(&mut log)?;
    let report = report.withdraw().commit(&mut log)?;
    let (report, state, version) = report.into_parts();
    match AnyReport::resume(report, state, version) {
        AnyReport::Draft(report) => drop(report.submit("bob".into())),
        AnyReport::Review(report) => drop(report.reject()),
        AnyReport::Published(report) => drop(report.withdraw()),
    }
    Ok(())
}
