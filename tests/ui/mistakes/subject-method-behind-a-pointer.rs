// A method with the name of a transition, behind a pointer.

use tollgate::StateMachine;

mod shared {
    use std::ops::Deref;

    use tollgate::{Id, Subject};

    pub struct Arc<T>(pub T);

    impl<T> Deref for Arc<T> {
        type Target = T;

        fn deref(&self) -> &T {
            &self.0
        }
    }

    impl Subject for Arc<super::Report> {
        const KIND: &'static str = "Report";

        fn id(&self) -> Id {
            self.0.id.into()
        }
    }
}

struct Report {
    id: u64,
    title: String,
}

impl Report {
    fn publish(&self) -> bool {
        !self.title.is_empty()
    }
}

#[derive(StateMachine)]
#[machine(subject = shared::Arc<Report>)]
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

fn bees() -> shared::Arc<Report> {
    shared::Arc(Report { id: 7, title: "Bees".to_owned() })
}
