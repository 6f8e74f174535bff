// An enum with a const parameter.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState<const N: usize> {
//              ^^^^^^^^^^^^^^^^ `ReportState` is generic, but a state machine cannot be generic; put the generic data into the subject
    #[state(initial)]
    Draft,
    Review { reviewer: [u8; N] },
    #[state(terminal)]
    Published,
}
