// An enum with a lifetime.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState<'a> {
//              ^^^^ `ReportState` is generic, but a state machine cannot be generic; use types that own their data, such as `String`, or `'static`
    #[state(initial)]
    Draft,
    Review { reviewer: &'a str },
    #[state(terminal)]
    Published,
}
