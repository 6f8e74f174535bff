//! An order as a client sees it: its state, its payment and its shipment, and the available transitions.

use serde::Serialize;
use serde_json::{Value, json};
use tollgate::Actor;
use tollgate::chart::Edge;

use super::order::AnyOrder;
use super::payment::AnyPayment;
use super::shipment::AnyShipment;

/// An order, its payment, and its shipment once there is one.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) order: AnyOrder,
    pub(crate) payment: AnyPayment,
    pub(crate) shipment: Option<AnyShipment>,
}

/// An order as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct View {
    pub(crate) id: i64,
    customer: String,
    item: String,
    amount: i64,
    state: &'static str,
    version: u64,
    payment: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    shipment: Value,
    available: Vec<Link>,
}

impl View {
    /// Lists the transitions that the chart and the guards allow, and for a known actor also the permissions.
    pub(crate) fn of(case: &Case, actor: Option<&Actor>) -> Self {
        let Case { order, payment, shipment } = case;
        let available = actor.map_or_else(|| order.available(), |actor| order.available_to(actor));
        Self {
            id: order.id,
            customer: order.customer.clone(),
            item: order.item.clone(),
            amount: payment.amount,
            state: order.state().name,
            version: order.version(),
            payment: show_payment(payment),
            shipment: shipment.as_ref().map_or(Value::Null, show_shipment),
            available: available.into_iter().map(|edge| Link::of(order.id, edge)).collect(),
        }
    }
}

fn show_payment(payment: &AnyPayment) -> Value {
    let mut shown = json!({ "state": payment.state().name, "version": payment.version() });
    if let AnyPayment::Captured(payment) = payment {
        shown["card"] = payment.data().card.as_str().into();
    }
    shown
}

fn show_shipment(shipment: &AnyShipment) -> Value {
    let mut shown = json!({ "state": shipment.state().name, "version": shipment.version() });
    match shipment {
        AnyShipment::InTransit(shipment) => shown["carrier"] = shipment.data().carrier.as_str().into(),
        AnyShipment::Delivered(shipment) => shown["signed_by"] = shipment.data().signed_by.as_str().into(),
    }
    shown
}

/// A transition as a link: where it goes, and what it requires.
#[derive(Debug, Serialize)]
struct Link {
    name: &'static str,
    to: &'static str,
    method: &'static str,
    href: String,
    requires: Vec<&'static str>,
}

impl Link {
    fn of(order: i64, edge: &'static Edge) -> Self {
        let requires = edge.requires.iter().map(|requirement| requirement.name()).collect();
        let href = format!("/orders/{order}/{}", edge.transition);
        Self { name: edge.transition, to: edge.to, method: "POST", href, requires }
    }
}
