//! The smallest machines: a door that opens once, and a payment that is captured. Each has a bare id as its subject.

use tollgate::StateMachine;

#[derive(Debug, PartialEq, StateMachine)]
#[transition(open, from = Shut, to = Ajar)]
pub(crate) enum DoorState {
    #[state(initial)]
    Shut,
    #[state(terminal)]
    Ajar,
}

#[derive(Debug, StateMachine)]
#[transition(capture, from = Authorized, to = Captured, requires(actor))]
pub(crate) enum PaymentState {
    #[state(initial)]
    Authorized,
    #[state(terminal)]
    Captured { cents: u64 },
}
