// A former name of the machine that is the present one.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(was = "Report")]
//              ^^^^^^^^ `Report` is the current name of the machine; `was` is for former names
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
