// A former name of the machine that is the present one.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(was = "Report")]
//              ^^^^^^^^ the machine is recorded as `Report` still; `was` is for former names
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
