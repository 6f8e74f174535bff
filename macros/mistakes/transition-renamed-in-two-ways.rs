// A transition that is renamed in two ways.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published, rename = "release")]
//                                                            ^^^^^^^^^ `publish` is recorded as `release` here
#[transition(publish, from = Draft, to = Published, rename = "issue")]
//                                                           ^^^^^^^ `publish` is recorded as `issue` here and as `release` elsewhere; use one name
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
