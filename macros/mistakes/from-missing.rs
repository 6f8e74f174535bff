// A transition without its source.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, to = Review)]
//           ^^^^^^ `submit` has no `from`; write it as in `submit, from = .., to = ..`
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
