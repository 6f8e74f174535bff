//! The payment of an order: it has the order's number.

use std::ops::RangeInclusive;

use tollgate::{StateMachine, Subject};

/// The amounts that an order can have, in cents.
pub(crate) const AMOUNTS: RangeInclusive<i64> = 1..=100_000_000;

/// The largest single charge of a card, in cents.
const LIMIT: i64 = 100_000;

/// The price, in cents.
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
        /// The last digits only.
        card: String,
    },
    #[state(terminal)]
    Waived,
    #[state(terminal)]
    Refunded,
}

/// The amount was examined when the order was placed. The guard holds for rows that another program wrote, too: a negative
/// amount would be paid out.
fn is_within_the_limit(payment: &Payment) -> Result<(), String> {
    if payment.amount < 1 {
        return Err(format!("a card is charged with at least 1 cent, and this is {}", payment.amount));
    }
    if payment.amount <= LIMIT {
        return Ok(());
    }
    Err(format!("a card is charged with {LIMIT} cents at most, and this is {}", payment.amount))
}
