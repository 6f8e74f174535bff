// A key of `#[machine(..)]`, twice in two attributes.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(name = "Report")]
#[machine(name = "Paper")]
//        ^^^^ `name` is given twice
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

use_report!(7);
