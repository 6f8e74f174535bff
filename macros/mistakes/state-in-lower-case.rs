// A state in lower case.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = draft, to = Review)]
//                          ^^^^^ `submit` leaves `draft`, which is not a state; did you mean `Draft`?
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
