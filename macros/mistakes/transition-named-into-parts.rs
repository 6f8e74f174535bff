// A transition that is called `into_parts`, as a method of every machine is.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(into_parts, from = Review, to = Draft)]
//           ^^^^^^^^^^ every machine has a method `into_parts`; call the transition otherwise and record it with `rename = "into_parts"`
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
