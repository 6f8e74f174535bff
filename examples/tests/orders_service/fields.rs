//! Amounts and texts that an order must not have: each field and its error.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::Server;
use crate::axum_api::client::Answer;
use crate::scratch;

on_both! {
    amount_that_is_not_a_price_returns_422_and_places_no_order
    text_that_is_blank_too_long_or_has_control_characters_is_422_and_nothing_moves
}

fn is_refused(answer: &Answer, field: &str, why: &str) {
    let expected = json!({"code": "field", "message": format!("`{field}` {why}"), "field": field});
    assert_eq!((answer.status, &answer.body), (422, &expected));
}

fn place(server: &Server, item: &str, amount: &Value) -> Answer {
    server.post("ann", "/orders", &json!({"item": item, "amount": amount}).to_string())
}

fn amount_that_is_not_a_price_returns_422_and_places_no_order(server: &Server) {
    for amount in [0, -1, -4200, i64::MIN, 100_000_001, i64::MAX] {
        let refused = place(server, "a lamp", &amount.into());
        is_refused(&refused, "amount", &format!("is {amount}; an order costs 1 to 100000000 cents"));
    }
    // Only whole numbers of 64 bits are read.
    for amount in ["9223372036854775808", "-9223372036854775809", "1e3", "42.5", "\"42\"", "null"] {
        let refused = server.post("ann", "/orders", &format!(r#"{{"item": "a lamp", "amount": {amount}}}"#));
        assert_eq!((refused.status, &refused.body["code"]), (400, &json!("malformed")), "{amount}");
    }
    for (number, amount) in [1, 100_000_000].into_iter().enumerate() {
        let placed = place(server, "a lamp", &amount.into());
        assert_eq!((placed.status, &placed.body["id"]), (201, &json!(number + 1)));
    }
}

#[test]
fn capture_of_an_amount_that_another_program_made_negative_is_refused_by_the_guard() {
    let file = scratch("orders-negative").join("orders.db");
    let server = Server::start(&format!("sqlite://{}", file.display()));
    let order = server.place(4200);
    for amount in [0, -5] {
        let database = Connection::open(&file).expect("it is an SQLite file");
        database.execute("update payments set amount = ?", [amount]).expect("the row is there");
        let refused = server.pay(&order);
        assert_eq!((refused.status, &refused.body["guard"]), (422, &json!("is_within_the_limit")));
        let words = format!("a card is charged with at least 1 cent, and this is {amount}");
        assert_eq!(refused.body["message"], words);
    }
    assert_eq!(server.story(&order), ["Order create", "Payment create"]);
}

fn text_that_is_blank_too_long_or_has_control_characters_is_422_and_nothing_moves(server: &Server) {
    let long = "x".repeat(201);
    let faults = [
        ("", "is blank; give it a value"),
        (" \u{a0} ", "is blank; give it a value"),
        (&*long, "has 201 characters; use at most 200"),
        ("a\0b", "has a control character; remove it"),
        ("a\nb", "has a control character; remove it"),
    ];
    for (text, why) in faults {
        is_refused(&place(server, text, &1.into()), "item", why);
    }
    let order = server.place(4200);
    assert!(order.ends_with("/1"), "no refused order took a number");
    for card in ["", "42424", "4242424242424242", "42x2", "\u{664}\u{662}"] {
        let refused = server.post("ann", &format!("{order}/pay"), &json!({ "card": card }).to_string());
        is_refused(&refused, "card", "is not the end of a number; send its last 1 to 4 digits");
    }
    assert_eq!(server.pay(&order).status, 200);
    for (text, why) in faults {
        let ship = server.post("shop", &format!("{order}/ship"), &json!({ "carrier": text }).to_string());
        is_refused(&ship, "carrier", why);
    }
    assert_eq!(server.ship(&order).status, 200);
    for (text, why) in faults {
        let deliver = server.post("shop", &format!("{order}/deliver"), &json!({ "signed_by": text }).to_string());
        is_refused(&deliver, "signed_by", why);
    }
    for (text, why) in &faults[2..] {
        for command in ["remark", "refund", "cancel"] {
            let refused = server.post("shop", &format!("{order}/{command}"), &json!({ "reason": text }).to_string());
            is_refused(&refused, "reason", why);
        }
    }
    assert_eq!(server.get(&order)["version"], 3);
}
