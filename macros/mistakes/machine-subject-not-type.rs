// A subject that is not a type.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(subject = "Report")]
//                  ^^^^^^^^ `subject` takes a type without quotes: `Report`
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
