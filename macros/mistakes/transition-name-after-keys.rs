// The name of a transition after its keys.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(from = Review, to = Published, publish)]
//                                          ^^^^^^^ `publish` is not a key; if it is the transition's name, write it first
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
