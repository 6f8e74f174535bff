// A method with the name of a transition, behind a `Cow`.

use std::borrow::Cow;

use tollgate::{StateMachine, Subject};

#[derive(Clone, Subject)]
struct Report {
    #[subject(id)]
    id: u64,
    title: String,
}

impl Report {
    fn publish(&self) -> bool {
        !self.title.is_empty()
    }
}

#[derive(StateMachine)]
#[machine(subject = Cow<'static, Report>)]
#[transition(publish, from = Draft, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Published,
}

fn main() {
    let mut log = Vec::new();
    let bees = Cow::Owned(Report { id: 7, title: "Bees".to_owned() });
    let report = ReportMachine::create(bees).commit(&mut log).unwrap();
    let _ = report.publish().commit(&mut log).unwrap();
}
