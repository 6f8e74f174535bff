// A guard that is a type, with no function of it.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
struct Report {
    #[subject(id)]
    id: u64,
    title: String,
}

trait Checks {
    fn has_title(&self) -> bool;
}

impl Checks for Report {
    fn has_title(&self) -> bool {
        !self.title.is_empty()
    }
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review, guard = <Report as Checks>)]
//                                                      ^ expected the path of a function
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(Report { id: 7, title: "Bees".to_owned() });
