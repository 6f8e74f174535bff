// A transition without its target.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft)]
//           ^^^^^^ `submit` has no `to`; write it as in `submit, from = .., to = ..`
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
