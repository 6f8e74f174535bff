//! The shipment of an order: it has the order's number, and exists once the order has been shipped.

use tollgate::{StateMachine, Subject};

/// A parcel.
#[derive(Debug, Subject)]
#[subject(table = "shipments", key = "order_id", state = "state", version = "version")]
pub(crate) struct Shipment {
    #[subject(id)]
    pub(crate) order: i64,
}

#[derive(Debug, StateMachine)]
#[machine(subject = Shipment)]
#[transition(deliver, from = InTransit, to = Delivered, requires(actor))]
pub(crate) enum ShipmentState {
    #[state(initial, record)]
    InTransit { carrier: String },
    #[state(terminal, record)]
    Delivered { signed_by: String },
}
