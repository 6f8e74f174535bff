// A state renamed without quotes.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(rename = in_review)]
//                   ^^^^^^^^^ `rename` takes a text in quotes
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
