// A former name that is another transition's name.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
//           ^^^^^^ the transition `submit` is recorded as `submit` here
#[transition(reject, from = Review, to = Draft, was = "submit")]
//                                                    ^^^^^^^^ the transition `reject` is recorded as `submit`, and so is `submit`; rename one of them
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
