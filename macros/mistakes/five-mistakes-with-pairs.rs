// Five mistakes of meaning in one declaration, three of them at two places: eight errors.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Revew)]
#[transition(reject, from = Review, to = Draft, rename = "create")]
#[transition(publish, from = Review, to = Published)]
#[transition(publish, from = Review, to = Draft)]
#[transition(withdraw, from = Published, to = Draft)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(was = "Draft")]
    Review { reviewer: String },
    #[state(terminal)]
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
