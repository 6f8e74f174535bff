// A guard that is called.

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
#[transition(submit, from = Draft, to = Review, guard = Report::has_title())]
//                                                                       ^^ write the function without a call: `Report::has_title`
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
