// A transition named `into_parts`, as a method of every machine.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(into_parts, from = Review, to = Draft)]
//           ^^^^^^^^^^ every machine has a method `into_parts`; rename the transition and record it with `rename = "into_parts"`
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
