// The name of a transition after its keys.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(from = Review, to = Published, publish)]
//                                          ^^^^^^^ `publish` is no key; if it is the name of the transition, it comes first
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
