// A recorded name without quotes.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(name = Report)]
//               ^^^^^^ `name` takes a text in quotes
#[transition(submit, from = Draft, to = Review)]
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
