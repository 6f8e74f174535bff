// One transition that stays here, and there moves with data.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(assign, from = Draft, to = Review)]
//                                      ^^^^^^ `assign` leads to `Review` here
#[transition(assign, from = Review, to = _)]
//           ^^^^^^ `assign` stays here, and takes the data of `Review` elsewhere; give one another name
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
