// A source, misspelt.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Drat, to = Review)]
//                          ^^^^ `submit` leaves `Drat`, which is not a state; did you mean `Draft`?
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
