// One transition that stays in one state, and moves with data in another.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(assign, from = Draft, to = Review)]
//                                      ^^^^^^ `assign` leads to `Review` here
#[transition(assign, from = Review, to = _)]
//           ^^^^^^ `assign` stays here, and takes the data of `Review` elsewhere; rename one of them
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
