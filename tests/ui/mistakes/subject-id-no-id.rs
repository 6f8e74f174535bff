// A field of a type that is not an id.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
struct Report {
    #[subject(id)]
    id: f64,
    title: String,
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

fn main() {
    let mut log = Vec::new();
    let report = ReportMachine::create(bees()).commit(&mut log).unwrap();
    let report = report.submit("bob".into()).commit(&mut log).unwrap();
    println!("{} is read by {}", report.version(), report.data().reviewer);
    let report = report.publish().by("bob").commit(&mut log).unwrap();
    println!("{report:?} {}", log.len());
    match AnyReport::resume(bees(), ReportState::Draft, 1) {
        AnyReport::Draft(report) => drop(report.submit("bob".into())),
        AnyReport::Review(report) => drop(report.reject().because("no sources")),
        AnyReport::Published(report) => drop(report.into_parts()),
    }
}

fn bees() -> Report {
    Report { id: 7.0, title: "Bees".to_owned() }
}
