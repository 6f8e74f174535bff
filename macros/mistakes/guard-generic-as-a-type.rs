// A guard whose generic arguments are written as those of a type.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
struct Report {
    #[subject(id)]
    id: u64,
    title: String,
}

impl Report {
    fn has_title<const N: usize>(&self) -> bool {
        self.title.len() > N
    }
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review, guard = Report::has_title<3>)]
//                                                                       ^^^ write `::` before the generic arguments: `Report::has_title::<3>`
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
