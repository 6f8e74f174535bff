// A transition without a target in an attribute with several.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(
    submit, from = Draft, to = Review;
    from = Review;
//  ^^^^^^^^^^^^^ a transition has no `to`; write it as in `from = .., to = ..`
    reject, from = Review, to = Draft;
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
