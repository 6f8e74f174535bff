// A key of `#[machine(..)]` that does not exist.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(nmae = "Report")]
//        ^^^^ `nmae` is not a key of `#[machine(..)]`; did you mean `name`?
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
