// A key of `#[machine(..)]` without its value.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(name)]
//        ^^^^ `name` takes a text in quotes: `name = ..`
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
