// A state that is recorded under an empty name.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(rename = "")]
//                   ^^ `rename` is empty; leave it out, or write the recorded name
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
