//! A real machine: a payment with data in its states, where no more is refunded than was captured.

use serde::{Deserialize, Serialize};
use tollgate::serde_json::json;
use tollgate::uuid::Uuid;
use tollgate::{Cause, JsonLines, Misfit, Record, StateMachine, Subject};

use crate::Tested;
use crate::trail::moves;

/// An invoice of a shop.
#[derive(Debug, Clone, PartialEq, Subject)]
pub(crate) struct Payment {
    #[subject(id)]
    id: Uuid,
    /// The amount that the shop may charge without another permission, in cents.
    limit: u64,
}

/// The id of a card in the vault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CardToken(String);

/// The captured, the refunded and the requested amount. Only its methods build it, because a guard sees
/// the current state and not the data of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Balance {
    captured: u64,
    refunded: u64,
    asked: u64,
}

impl Balance {
    fn of(captured: u64) -> Self {
        Self { captured, refunded: 0, asked: 0 }
    }

    fn asking(self, cents: u64) -> Self {
        Self { asked: cents, ..self }
    }

    fn paid_back(self) -> Self {
        Self { refunded: self.refunded + self.asked, asked: 0, ..self }
    }

    fn rest(self) -> u64 {
        self.captured - self.refunded
    }
}

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[machine(subject = Payment)]
#[transition(authorize, from = Requested, to = Authorized, guard = is_within_limit)]
#[transition(decline, from = Requested, to = Declined, requires(reason))]
#[transition(capture, from = Authorized, to = Captured)]
#[transition(void, from = Authorized, to = Voided, requires(actor))]
#[transition(ask_back, from = Captured, to = Refunding, requires(actor, reason))]
#[transition(refund, from = Refunding, to = Captured, guard = [is_something, is_less_than_the_rest])]
#[transition(refund_all, from = Refunding, to = Refunded, guard = is_the_rest)]
#[transition(keep, from = Refunding, to = Captured, requires(actor, reason))]
pub(crate) enum PaymentState {
    #[state(initial, record)]
    Requested { cents: u64 },
    #[state(record)]
    Authorized { cents: u64, card: CardToken },
    #[state(record)]
    Captured { balance: Balance, receipt: String },
    #[state(record)]
    Refunding(Balance, String),
    #[state(terminal, record)]
    Refunded(Balance),
    #[state(terminal)]
    Declined,
    #[state(terminal)]
    Voided,
}

fn is_within_limit(payment: &PaymentMachine<payment_state::Requested>) -> Result<(), String> {
    let (cents, limit) = (payment.data().cents, payment.limit);
    if cents <= limit { Ok(()) } else { Err(format!("{cents} is more than the limit of {limit}")) }
}

fn is_something(payment: &PaymentMachine<payment_state::Refunding>) -> bool {
    payment.data().0.asked > 0
}

fn is_less_than_the_rest(payment: &PaymentMachine<payment_state::Refunding>) -> Result<(), String> {
    let balance = payment.data().0;
    let (asked, rest) = (balance.asked, balance.rest());
    if asked < rest { Ok(()) } else { Err(format!("{asked} is not less than the {rest} that are left")) }
}

fn is_the_rest(payment: &PaymentMachine<payment_state::Refunding>) -> bool {
    let balance = payment.data().0;
    balance.asked == balance.rest()
}

fn payment() -> Payment {
    Payment { id: Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0007), limit: 10_000 }
}

/// Returns a captured payment of 100.00, and its trail.
fn captured() -> Result<(PaymentMachine<payment_state::Captured>, Vec<Record>), Box<dyn std::error::Error>> {
    let mut log = Vec::new();
    let payment = PaymentMachine::create(payment(), 10_000).by("customer").commit(&mut log)?;
    let cents = payment.data().cents;
    let payment = payment.authorize(cents, CardToken("tok_1".to_owned())).commit(&mut log)?;
    let balance = Balance::of(payment.data().cents);
    let payment = payment.capture(balance, "R-1".to_owned()).commit(&mut log)?;
    Ok((payment, log))
}

#[test]
fn a_payment_is_captured_and_its_records_hold_its_data() -> Tested {
    let (payment, log) = captured()?;
    assert_eq!((payment.data().receipt.as_str(), payment.data().balance), ("R-1", Balance::of(10_000)));
    let data: Vec<_> = log.iter().filter_map(|record| record.data.clone()).collect();
    assert_eq!(
        data,
        [
            json!({"cents": 10_000}),
            json!({"cents": 10_000, "card": "tok_1"}),
            json!({"balance": {"captured": 10_000, "refunded": 0, "asked": 0}, "receipt": "R-1"}),
        ]
    );
    assert_eq!(log[0].subject.as_ref().map(|subject| subject.id.as_uuid()), Some(Some(payment.id)));
    Ok(())
}

#[test]
fn more_than_the_limit_is_not_authorized() -> Tested {
    let mut log = Vec::new();
    let payment = PaymentMachine::create(payment(), 10_001).commit(&mut log)?;
    let refused = payment.authorize(10_001, CardToken("tok_1".to_owned())).commit(&mut log).expect_err("too much");
    let Cause::Guard { name: "is_within_limit", reason } = refused.cause() else { return Err("the limit".into()) };
    assert_eq!(reason, "10001 is more than the limit of 10000");
    let _ = refused.into_machine().decline().because("over the limit").commit(&mut log)?;
    assert_eq!(moves(&log), ["create:  -> Requested", "decline: Requested -> Declined"]);
    Ok(())
}

#[test]
fn refunds_come_in_parts_and_never_to_more_than_was_captured() -> Tested {
    let (mut payment, mut log) = captured()?;
    for (cents, left) in [(2_500, 7_500), (1, 7_499), (7_498, 1)] {
        let (balance, receipt) = (payment.data().balance, payment.data().receipt.clone());
        let refunding =
            payment.ask_back(balance.asking(cents), receipt).by("ann").because("broken").commit(&mut log)?;
        let (balance, receipt) = refunding.data().clone();
        payment = refunding.refund(balance.paid_back(), receipt).commit(&mut log)?;
        assert_eq!(payment.data().balance.rest(), left);
    }
    let (balance, receipt) = (payment.data().balance, payment.data().receipt.clone());
    for (cents, words) in [
        (0, "guard `is_something`: does not hold"),
        (1, "guard `is_less_than_the_rest`: 1 is not less than the 1 that are left"),
        (u64::MAX, "guard `is_less_than_the_rest`: 18446744073709551615 is not less than the 1 that are left"),
    ] {
        let refunding = AnyPayment::resume(
            Payment::clone(&payment),
            PaymentState::Refunding(balance.asking(cents), receipt.clone()),
            payment.version() + 1,
        );
        let AnyPayment::Refunding(refunding) = refunding else { return Err("it is to be refunded".into()) };
        let refused = refunding.refund(balance, receipt.clone()).commit(&mut log).expect_err(words);
        assert_eq!(refused.cause().to_string(), words);
    }
    let refunding = payment.ask_back(balance.asking(1), receipt).by("ann").because("the rest").commit(&mut log)?;
    let balance = refunding.data().0.paid_back();
    let refunded = refunding.refund_all(balance).commit(&mut log)?;
    assert_eq!((refunded.data().rest(), refunded.data().refunded), (0, 10_000));
    assert_eq!(log.len(), 3 + 2 * 3 + 2);
    Ok(())
}

#[test]
fn a_refund_that_is_not_granted_leaves_what_was_captured() -> Tested {
    let (payment, mut log) = captured()?;
    let before = PaymentState::Captured { balance: payment.data().balance, receipt: payment.data().receipt.clone() };
    let receipt = payment.data().receipt.clone();
    let asked = payment.data().balance.asking(20_000);
    let refunding = payment.ask_back(asked, receipt.clone()).by("eve").because("greed").commit(&mut log)?;
    let any = refunding.refund_all(asked.paid_back()).commit(&mut log).expect_err("it is too much").into_machine();
    let payment = any.keep(asked.asking(0), receipt).by("ann").because("it was not so much").commit(&mut log)?;
    assert_eq!(payment.into_parts().1, before);
    Ok(())
}

#[test]
fn a_payment_is_replayed_from_json() -> Tested {
    let (captured, log) = captured()?;
    let mut lines = JsonLines::new(Vec::new());
    tollgate::BatchSink::on_success_all(&mut lines, &log)?;
    let (balance, receipt) = (captured.data().balance, captured.data().receipt.clone());
    let step = captured.ask_back(balance.asking(40), receipt).by("ann").because("broken");
    let refunding = step.commit(&mut lines)?;
    let written = lines.into_inner()?;

    let records = JsonLines::read_from(&written[..]).collect::<Result<Vec<_>, _>>()?;
    let replayed = AnyPayment::replay(payment(), &records)?;
    let AnyPayment::Refunding(again) = &replayed else { return Err("it is to be refunded".into()) };
    assert_eq!(again.data(), refunding.data());
    assert_eq!(replayed.into_parts(), refunding.into_parts());

    // A trail with a changed amount in a value of the wrong shape is refused.
    let text = String::from_utf8(written)?.replace(r#""asked":40"#, r#""asked":40,"bonus":1"#);
    let records = JsonLines::read_from(text.as_bytes()).collect::<Result<Vec<_>, _>>()?;
    let error = AnyPayment::replay(payment(), &records).expect_err("the data does not fit");
    assert_eq!(error.position, 4);
    assert!(matches!(error.why, Misfit::State(_)));
    assert!(error.to_string().contains("value 0: unknown field `bonus`"), "{error}");
    Ok(())
}
