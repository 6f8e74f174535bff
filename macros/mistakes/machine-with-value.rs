// `#[machine = ..]` is not a list.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine = "Report"]
//^^^^^^^^^^^^^^^^^^ the attribute is empty; write it as in `#[machine(name = "..")]`
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
