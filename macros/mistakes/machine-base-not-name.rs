// A base that is not a name.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(base = "Report")]
//               ^^^^^^^^ `base` takes a name without quotes: `Report`
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
