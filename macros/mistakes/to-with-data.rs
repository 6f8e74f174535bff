// A target with data.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review { reviewer })]
//                                             ^^^^^^^^^^^^ write the state without its data: `Review`
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
