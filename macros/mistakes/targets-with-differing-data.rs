// One transition to two states whose data differs.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(next, from = Draft, to = Review)]
//                                    ^^^^^^ `next` leads to `Review` here
#[transition(next, from = Review, to = Published)]
//                                     ^^^^^^^^^ `next` leads to `Published` and `Review`, which have different data; give one edge another name
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
