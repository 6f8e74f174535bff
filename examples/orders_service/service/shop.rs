//! The shop: the action of each request. A change of two machines is one transaction.

use serde::Deserialize;
use tollgate::commit_all_async;
use tollgate::sink::{self, Adapter, Scope};
use tollgate_store::{Store, retry};

use super::history::{self, Page, Wanted};
use super::order::{Order, OrderMachine, OrderState, OrderTransition};
use super::payment::{AMOUNTS, Payment, PaymentMachine, PaymentState, PaymentTransition};
use super::problem::Problem;
use super::request::{BadRequest, check_optional_text, check_text};
use super::shipment::{Shipment, ShipmentMachine, ShipmentState, ShipmentTransition};
use super::tables::{New, Rows, Tables};
use super::view::{Case, View};

/// `{"item": "a lamp", "amount": 4200}`: the customer is the actor.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Basket {
    item: String,
    amount: i64,
}

impl Basket {
    fn check(&self) -> Result<(), BadRequest> {
        check_text("item", &self.item)?;
        if AMOUNTS.contains(&self.amount) {
            return Ok(());
        }
        let (least, most) = (AMOUNTS.start(), AMOUNTS.end());
        Err(BadRequest::field("amount", format!("is {}; an order costs {least} to {most} cents", self.amount)))
    }
}

/// `{"card": "4242"}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    card: String,
}

impl Card {
    /// The service must not store a whole number.
    fn check(&self) -> Result<(), BadRequest> {
        let is_end = (1..=4).contains(&self.card.len()) && self.card.bytes().all(|byte| byte.is_ascii_digit());
        if is_end {
            Ok(())
        } else {
            Err(BadRequest::field("card", "is not the end of a number; send its last 1 to 4 digits"))
        }
    }
}

/// `{"carrier": "post"}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parcel {
    carrier: String,
}

/// `{"signed_by": "ann"}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Receipt {
    signed_by: String,
}

/// `{"reason": "it came too late"}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Because {
    #[serde(default)]
    reason: String,
}

impl Because {
    /// If a required reason is blank, the machine refuses the step.
    fn check(&self) -> Result<(), BadRequest> {
        check_optional_text("reason", &self.reason)
    }
}

/// The store, and the tables next to it; shared by all requests.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    store: Store,
    tables: Tables,
}

impl Shop {
    /// Opens the database at this address, and creates the tables that are missing.
    pub(crate) async fn open(url: &str) -> Result<Self, Problem> {
        let tables = Tables::open(url).await?;
        let machines = Store::options(url).machine::<OrderState>().machine::<PaymentState>();
        let store = machines.machine::<ShipmentState>().open().await?;
        Ok(Self { store, tables })
    }

    /// Creates an order and its payment: two rows and two records, or none.
    pub(crate) async fn place(&self, basket: Basket, scope: &Scope) -> Result<View, Problem> {
        let customer = scope.actor().filter(|actor| !actor.id.is_blank());
        let customer = customer.ok_or(Problem::NoCustomer)?.id.to_string();
        basket.check()?;
        let Basket { item, amount } = basket;
        let new = New::Order { customer: customer.clone(), item: item.clone(), amount };
        let steps = move |id| {
            let order = OrderMachine::create(Order { id, customer, item });
            (order, PaymentMachine::create(Payment { order: id, amount }))
        };
        let (order, payment) = self.tables.insert(new, steps, &self.store, scope).await?;
        let case = Case { order: order.into(), payment: payment.into(), shipment: None };
        Ok(View::of(&case, scope.actor()))
    }

    /// Pays the order and captures the payment: both, or neither.
    pub(crate) async fn pay(&self, id: i64, card: Card, scope: &Scope) -> Result<View, Problem> {
        card.check()?;
        let Case { order, payment, shipment } = self.find(id).await?;
        let steps = (order.fire(OrderTransition::Pay)?, payment.fire(PaymentTransition::Capture { card: card.card })?);
        let (order, payment) = commit_all_async(steps, self.sink(scope)).await?;
        Ok(View::of(&Case { order, payment, shipment }, scope.actor()))
    }

    /// Ships the order and creates its shipment: both, or neither.
    pub(crate) async fn ship(&self, id: i64, parcel: Parcel, scope: &Scope) -> Result<View, Problem> {
        check_text("carrier", &parcel.carrier)?;
        let Case { order, payment, .. } = self.find(id).await?;
        let order = order.fire(OrderTransition::Ship)?;
        let steps = move |id| (order, ShipmentMachine::create(Shipment { order: id }, parcel.carrier));
        let new = New::Shipment { order: id };
        let (order, shipment) = self.tables.insert(new, steps, &self.store, scope).await?;
        Ok(View::of(&Case { order, payment, shipment: Some(shipment.into()) }, scope.actor()))
    }

    pub(crate) async fn deliver(&self, id: i64, receipt: Receipt, scope: &Scope) -> Result<View, Problem> {
        check_text("signed_by", &receipt.signed_by)?;
        let Case { order, payment, shipment } = self.find(id).await?;
        let order = order.fire(OrderTransition::Deliver)?;
        let shipment = shipment.ok_or_else(|| Problem::Other(format!("order {id} has no shipment")))?;
        let shipment = shipment.fire(ShipmentTransition::Deliver { signed_by: receipt.signed_by })?;
        let (order, shipment) = commit_all_async((order, shipment), self.sink(scope)).await?;
        Ok(View::of(&Case { order, payment, shipment: Some(shipment) }, scope.actor()))
    }

    pub(crate) async fn cancel(&self, id: i64, why: Because, scope: &Scope) -> Result<View, Problem> {
        self.give_up(id, OrderTransition::Cancel, PaymentTransition::Waive, why, scope).await
    }

    pub(crate) async fn refund(&self, id: i64, why: Because, scope: &Scope) -> Result<View, Problem> {
        self.give_up(id, OrderTransition::Refund, PaymentTransition::Refund, why, scope).await
    }

    async fn give_up(
        &self,
        id: i64,
        order: OrderTransition,
        payment: PaymentTransition,
        why: Because,
        scope: &Scope,
    ) -> Result<View, Problem> {
        why.check()?;
        let case = self.find(id).await?;
        let steps = (case.order.fire(order)?.because(&*why.reason), case.payment.fire(payment)?.because(why.reason));
        let (order, payment) = commit_all_async(steps, self.sink(scope)).await?;
        Ok(View::of(&Case { order, payment, shipment: case.shipment }, scope.actor()))
    }

    /// A remark fits each state of the order, so it is retried after a conflict. Other
    /// transitions are not: the client decided in the state that it saw, so it gets the conflict and decides again.
    pub(crate) async fn remark(&self, id: i64, why: Because, scope: &Scope) -> Result<View, Problem> {
        why.check()?;
        retry(5, async || {
            let case = self.find(id).await?;
            let step = case.order.fire(OrderTransition::Remark)?.because(&*why.reason);
            let order = step.commit_async(self.sink(scope)).await?;
            Ok(View::of(&Case { order, ..case }, scope.actor()))
        })
        .await
    }

    pub(crate) async fn show(&self, id: i64, scope: &Scope) -> Result<View, Problem> {
        Ok(View::of(&self.find(id).await?, scope.actor()))
    }

    pub(crate) async fn history(&self, id: i64, wanted: &Wanted) -> Result<Page, Problem> {
        self.tables.find(id).await?.ok_or_else(|| missing(id))?;
        history::page(&self.store, id, wanted).await
    }

    /// The rows as the service reads them, and the states as the histories have them.
    async fn find(&self, id: i64) -> Result<Case, Problem> {
        let Rows { order, payment, shipment } = self.tables.find(id).await?.ok_or_else(|| missing(id))?;
        let payment = self.store.resume::<PaymentState>(payment).await?;
        let shipment = match shipment {
            Some(shipment) => Some(self.store.resume::<ShipmentState>(shipment).await?),
            None => None,
        };
        // Last, because a request is checked against it first: if another request moves both, that is the conflict to
        // report.
        let order = self.store.resume::<OrderState>(order).await?;
        Ok(Case { order, payment, shipment })
    }

    /// The store, which fills in actor, address and request id.
    fn sink(&self, scope: &Scope) -> Adapter<Adapter<&Store>, Scope> {
        sink::adapt(&self.store).scoped(scope)
    }
}

fn missing(id: i64) -> Problem {
    Problem::Missing(format!("there is no order {id}"))
}
