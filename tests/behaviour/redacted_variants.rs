//! Redacted values that `serde` reads by a variant of an enum or by a function: a default, or an error with the cause.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record, StateMachine, sink};

use crate::Tested;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Payment {
    Card { number: u64 },
    Voucher(Voucher),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Voucher {
    code: u32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by")]
enum Delivery {
    Post { zip: u32 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Gift {
    Wrapped { colour: u8 },
}

/// A number as a text.
mod as_text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
    pub(super) fn serialize<S: Serializer>(number: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|_| D::Error::custom("not a number"))
    }
}

#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
struct Ordered {
    payment: Payment,
    delivery: Delivery,
    gift: Gift,
    #[serde(with = "as_text")]
    amount: u32,
    #[serde(with = "as_text", default)]
    rest: u32,
}

fn ordered(payment: Payment) -> Ordered {
    Ordered { payment, delivery: Delivery::Post { zip: 8000 }, gift: Gift::Wrapped { colour: 3 }, amount: 5, rest: 6 }
}

#[test]
fn redacted_value_within_a_variant_is_an_error_that_names_it_and_the_property() -> Tested {
    let voucher = || Payment::Voucher(Voucher { code: 12 });
    let cases = [
        (Payment::Card { number: 4711 }, "number", "payment"),
        (voucher(), "code", "payment"),
        (voucher(), "zip", "delivery"),
        (voucher(), "colour", "gift"),
    ];
    for (payment, key, property) in cases {
        let mut log: Vec<Record> = Vec::new();
        ordered(payment).occurred().commit(sink::adapt(&mut log).redact([key]))?;
        let error = Ordered::from_record(&log[0]).err().ok_or("a number is no text")?.to_string();
        assert!(error.contains(&format!("do not fit: {property}: ")), "{error}");
        let remedy = format!(
            "; `{key}` is redacted: within an enum variant or a flattened field, redact `{property}` as a whole"
        );
        assert!(error.ends_with(&remedy), "{error}");
    }
    Ok(())
}

#[test]
fn redacted_property_with_a_function_of_serde_is_its_default_or_an_error_with_the_cause() -> Tested {
    let order = || ordered(Payment::Card { number: 1 });
    let redacted = |key: &'static str| -> Result<Record, Box<dyn std::error::Error>> {
        let mut log: Vec<Record> = Vec::new();
        order().occurred().commit(sink::adapt(&mut log).redact([key]))?;
        Ok(log.remove(0))
    };
    assert_eq!(Ordered::from_record(&redacted("rest")?)?, Some(Ordered { rest: 0, ..order() }));
    let error = Ordered::from_record(&redacted("amount")?).err().ok_or("no default")?.to_string();
    let expected = "`amount` is redacted, and `serde` has no default for it (not a number); add `#[serde(default)]` or \
                    `#[serde(default = \"path\")]`";
    assert!(error.ends_with(expected), "{error}");
    Ok(())
}

#[derive(StateMachine)]
#[machine(name = "Parcel")]
#[transition(send, from = Packed, to = Sent)]
enum ParcelState {
    #[state(initial)]
    Packed,
    #[state(terminal, record)]
    Sent { payment: Payment, weight: u32 },
}

#[test]
fn redacted_value_within_a_variant_in_a_state_is_an_error_that_names_it_and_the_field() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let step = ParcelMachine::create(7).commit(&mut log)?.send(Payment::Card { number: 1 }, 5);
    let _ = step.commit(sink::adapt(&mut log).redact(["number", "weight"]))?;
    let error = AnyParcel::replay(7, &log).err().ok_or("a number is no text")?.to_string();
    let remedy = "; `number` is redacted: within an enum variant or a flattened field, redact `payment` as a whole";
    assert!(error.contains("payment: "), "{error}");
    assert!(error.ends_with(remedy), "{error}");
    Ok(())
}
