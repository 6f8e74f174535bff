// The path of the crate in quotes.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(crate = "tollgate")]
//                ^^^^^^^^^^ `crate` takes a path without quotes: `tollgate`
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
