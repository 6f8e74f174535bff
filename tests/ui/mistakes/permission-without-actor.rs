// A permission that does not take an actor.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
struct Report {
    #[subject(id)]
    id: u64,
    title: String,
}

impl Report {
    fn has_title(&self) -> bool {
        !self.title.is_empty()
    }
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published, permission = Report::has_title)]
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
    Report { id: 7, title: "Bees".to_owned() }
}
