//! An order, from its placing to its delivery.

use tollgate::{Actor, StateMachine, Subject};

/// The actor who ships, delivers and refunds. A real service takes the role from the login.
pub(crate) const SHOP: &str = "shop";

/// An order of a customer. Its row has a column for the state and one for the version, which the store writes.
#[derive(Debug, Subject)]
#[subject(table = "orders", state = "state", version = "version")]
pub(crate) struct Order {
    #[subject(id)]
    pub(crate) id: i64,
    pub(crate) customer: String,
    pub(crate) item: String,
}

#[derive(Debug, StateMachine)]
#[machine(subject = Order)]
#[transition(pay,     from = Placed,           to = Paid,      permission = is_the_customer)]
#[transition(cancel,  from = Placed,           to = Cancelled, permission = is_the_customer, requires(reason))]
#[transition(ship,    from = Paid,             to = Shipped,   permission = is_the_shop)]
#[transition(deliver, from = Shipped,          to = Delivered, permission = is_the_shop)]
#[transition(refund,  from = Paid | Delivered, to = Refunded,  permission = is_the_shop, requires(reason))]
#[transition(remark,  from = _,                to = _,         requires(actor, reason))]
pub(crate) enum OrderState {
    #[state(initial)]
    Placed,
    Paid,
    Shipped,
    Delivered,
    #[state(terminal)]
    Cancelled,
    #[state(terminal)]
    Refunded,
}

fn is_the_customer(order: &Order, actor: &Actor) -> Result<(), &'static str> {
    if actor.id.as_str() == Some(&order.customer) { Ok(()) } else { Err("this is another customer's order") }
}

fn is_the_shop(_: &Order, actor: &Actor) -> Result<(), &'static str> {
    if actor.id.as_str() == Some(SHOP) { Ok(()) } else { Err("this is for the shop to do") }
}
