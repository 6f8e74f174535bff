// A mistake in one of the transitions of an attribute.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(
    submit, from = Draft, to = Review;
    reject, from = Reviw, to = Draft;
//                 ^^^^^ `reject` leaves `Reviw`, which is not a state; did you mean `Review`?
    publish, from = Review, to = Published;
)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
