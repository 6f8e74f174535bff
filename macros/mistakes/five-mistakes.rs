// Five mistakes in one declaration: five errors, and none from the uses below.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
struct Report {
    #[subject(id)]
    id: u64,
    title: String,
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Drat, to = Review, guard = |report| !report.title.is_empty())]
//                                                     ^ a closure has no path that a record could name; write a function and name it here
//                          ^^^^ `submit` leaves `Drat`, which is not a state; did you mean `Draft`?
#[transition(reject, from = Review, to = Draft, requires(acter, reason))]
//                                                       ^^^^^ `acter` cannot be required; did you mean `actor`?
#[transition(publish, from = Review, to = Published, acter = "bob")]
//                                                   ^^^^^ `acter` is not a key of `#[transition(..)]`; the keys are `from`, `to`, `requires`, `guard`, `permission`, `doc`, `rename`, `was`
enum ReportState {
    #[state(initial, record)]
//                   ^^^^^^ `Draft` has no data to record; leave `record` out
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut log = Vec::new();
    let report = Report { id: 7, title: "Bees".to_owned() };
    let report = ReportMachine::create(report).by("ann").commit(&mut log)?;
    let report = report.submit("bob".into()).commit(&mut log)?;
    println!("{} is read by {}", report.title, report.data().reviewer);
    let report = report.reject().by("bob").because("no sources").commit(&mut log)?;
    let report = report.submit("eve".into()).commit(&mut log)?;
    let report = report.publish().commit(&mut log)?;
    let (report, state, version) = report.into_parts();
    match AnyReport::resume(report, state, version) {
        AnyReport::Draft(report) => drop(report.submit("bob".into())),
        AnyReport::Review(report) => drop(report.reject()),
        AnyReport::Published(report) => println!("{}", report.id),
    }
    let report = AnyReport::replay(Report { id: 7, title: String::new() }, &log)?;
    report.fire(ReportTransition::Submit { reviewer: "bob".into() })?.commit(&mut log)?;
    Ok(())
}
