// An enum with a lifetime.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState<'a> {
    #[state(initial)]
    Draft,
    Review { reviewer: &'a str },
    #[state(terminal)]
    Published,
}

fn main() {}
