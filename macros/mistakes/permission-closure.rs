// A closure as a permission.

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
#[transition(submit, from = Draft, to = Review, permission = |report, actor| true)]
//                                                           ^ a closure has no path that a record could name; write a function and name it here
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
