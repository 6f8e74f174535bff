//! The payment of an order: it has the order's number.

use tollgate::{StateMachine, Subject};

/// What a card may be charged with at once, in cents.
const LIMIT: i64 = 100_000;

/// What is to be paid, in cents.
#[derive(Debug, Subject)]
#[subject(table = "payments", key = "order_id", state = "state", version = "version")]
pub(crate) struct Payment {
    #[subject(id)]
    pub(crate) order: i64,
    pub(crate) amount: i64,
}

#[derive(Debug, StateMachine)]
#[machine(subject = Payment)]
#[transition(capture, from = Due,      to = Captured, guard = is_within_the_limit, requires(actor))]
#[transition(waive,   from = Due,      to = Waived,   requires(actor))]
#[transition(refund,  from = Captured, to = Refunded, requires(actor))]
pub(crate) enum PaymentState {
    #[state(initial)]
    Due,
    #[state(record)]
    Captured {
        /// The last digits, and no more.
        card: String,
    },
    #[state(terminal)]
    Waived,
    #[state(terminal)]
    Refunded,
}

fn is_within_the_limit(payment: &Payment) -> Result<(), String> {
    if payment.amount <= LIMIT {
        return Ok(());
    }
    Err(format!("a card is charged with {LIMIT} cents at most, and this is {}", payment.amount))
}
