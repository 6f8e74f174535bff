//! Requests that move an order, and requests that are refused: each status and its body.

use serde_json::{Value, json};

use super::Server;

on_both! {
    order_from_placing_to_delivery_moves_payment_and_shipment
    available_transitions_depend_on_the_actor
    illegal_transition_returns_409_with_allowed_transitions_and_moves_nothing
    refused_payment_leaves_the_order_unpaid
    denied_permission_returns_403_and_missing_requirement_422
    unknown_path_returns_404_and_malformed_request_400
}

fn states(view: &Value) -> (&Value, &Value, &Value) {
    (&view["state"], &view["payment"]["state"], &view["shipment"]["state"])
}

fn available(view: &Value) -> Vec<&str> {
    view["available"].as_array().into_iter().flatten().filter_map(|link| link["name"].as_str()).collect()
}

fn order_from_placing_to_delivery_moves_payment_and_shipment(server: &Server) {
    let order = server.place(4200);
    let placed = server.get(&order);
    assert_eq!(
        (&placed["item"], &placed["customer"], &placed["amount"]),
        (&json!("a lamp"), &json!("ann"), &json!(4200))
    );
    assert_eq!(states(&placed), (&json!("Placed"), &json!("Due"), &Value::Null));

    let paid = server.pay(&order);
    assert_eq!((paid.status, states(&paid.body)), (200, (&json!("Paid"), &json!("Captured"), &Value::Null)));
    assert_eq!(paid.body["payment"]["card"], "4242");
    let shipped = server.ship(&order);
    assert_eq!(
        (shipped.status, states(&shipped.body)),
        (200, (&json!("Shipped"), &json!("Captured"), &json!("InTransit")))
    );
    let delivered = server.deliver(&order);
    assert_eq!(states(&delivered.body), (&json!("Delivered"), &json!("Captured"), &json!("Delivered")));

    let read = server.send("GET", &order, &[("x-actor", "shop")], "");
    assert_eq!(read.body, delivered.body, "what was answered is what is read");
    let refunded = server.post("shop", &format!("{order}/refund"), r#"{"reason": "it is broken"}"#);
    assert_eq!(states(&refunded.body), (&json!("Refunded"), &json!("Refunded"), &json!("Delivered")));
}

fn available_transitions_depend_on_the_actor(server: &Server) {
    let order = server.place(4200);
    let seen_by = |actor| server.send("GET", &order, &[("x-actor", actor)], "").body;
    assert_eq!(available(&seen_by("ann")), ["pay", "cancel", "remark"]);
    assert_eq!(available(&seen_by("bob")), ["remark"]);
    assert_eq!(server.pay(&order).status, 200);
    assert_eq!(available(&seen_by("ann")), ["remark"]);
    let seen = seen_by("shop");
    assert_eq!(available(&seen), ["ship", "refund", "remark"]);
    let refund = json!({"name": "refund", "to": "Refunded", "method": "POST", "href": format!("{order}/refund"), "requires": ["actor", "reason"]});
    assert_eq!(seen["available"][1], refund);
}

fn illegal_transition_returns_409_with_allowed_transitions_and_moves_nothing(server: &Server) {
    let order = server.place(4200);
    let refused = server.ship(&order);
    let expected = json!({
        "code": "illegal_transition",
        "message": "`ship` does not leave `Placed`",
        "machine": "Order",
        "transition": "ship",
        "from": "Placed",
        "allowed": ["pay", "cancel", "remark"],
    });
    assert_eq!((refused.status, refused.body), (409, expected));
    assert_eq!(server.pay(&order).status, 200);
    assert_eq!(server.pay(&order).status, 409);
    assert_eq!(server.story(&order), ["Order create", "Payment create", "Order pay", "Payment capture"]);
}

fn refused_payment_leaves_the_order_unpaid(server: &Server) {
    let order = server.place(100_001);
    let refused = server.pay(&order);
    let words = "a card is charged with 100000 cents at most, and this is 100001";
    let expected = json!({
        "code": "guard",
        "message": words,
        "machine": "Payment",
        "transition": "capture",
        "from": "Due",
        "to": "Captured",
        "guard": "is_within_the_limit",
        "position": 1,
    });
    assert_eq!((refused.status, refused.body), (422, expected));
    let read = server.get(&order);
    assert_eq!((states(&read), &read["version"]), ((&json!("Placed"), &json!("Due"), &Value::Null), &json!(1)));
    assert_eq!(server.story(&order), ["Order create", "Payment create"], "neither of the two is on record");

    let cancelled = server.post("ann", &format!("{order}/cancel"), r#"{"reason": "it is too dear"}"#);
    assert_eq!(states(&cancelled.body), (&json!("Cancelled"), &json!("Waived"), &Value::Null));
}

fn denied_permission_returns_403_and_missing_requirement_422(server: &Server) {
    let order = server.place(4200);
    let refused = server.post("bob", &format!("{order}/pay"), r#"{"card": "1"}"#);
    let step = |code, message, transition, to| {
        json!({
            "code": code,
            "message": message,
            "machine": "Order",
            "transition": transition,
            "from": "Placed",
            "to": to,
            "position": 0,
        })
    };
    let mut denied = step("permission", "this is another customer's order", "pay", "Paid");
    denied["permission"] = json!("is_the_customer");
    assert_eq!((refused.status, refused.body), (403, denied));
    let refused = server.post("ann", &format!("{order}/cancel"), "{}");
    let blank = "a reason is required, and the one given is blank";
    let no_reason = step("reason_required", blank, "cancel", "Cancelled");
    assert_eq!((refused.status, refused.body), (422, no_reason));
    let no_customer = json!({"code": "actor_required", "message": "an actor is required"});
    let refused = server.send("POST", "/orders", &[], r#"{"item": "x", "amount": 1}"#);
    assert_eq!((refused.status, refused.body), (422, no_customer));
    let no_actor = step("actor_required", "an actor is required", "pay", "Paid");
    let refused = server.send("POST", &format!("{order}/pay"), &[], r#"{"card": "1"}"#);
    assert_eq!((refused.status, refused.body), (422, no_actor));
    assert_eq!(server.get(&order)["version"], 1);
}

fn unknown_path_returns_404_and_malformed_request_400(server: &Server) {
    let order = server.place(4200);
    for (method, path) in [("GET", "/orders/9"), ("GET", "/orders/9/history"), ("POST", "/orders/9/pay")] {
        let refused = server.send(method, path, &[("x-actor", "ann")], r#"{"card": "1"}"#);
        assert_eq!(
            (refused.status, refused.body),
            (404, json!({"code": "not_found", "message": "there is no order 9"})),
            "{path}"
        );
    }
    assert_eq!(server.send("GET", "/", &[], "").status, 404);
    assert_eq!(server.send("DELETE", &order, &[], "").status, 405);
    let refused = server.post("ann", &format!("{order}/pay"), r#"{"cart": "1"}"#);
    let words = "unknown field `cart`, expected `card` at line 1 column 7";
    assert_eq!((refused.status, refused.body), (400, json!({ "code": "malformed", "message": words })));
    for (query, words) in [
        ("limit=0", "`limit=0`: a page has 1 to 100 records"),
        ("order=best", "`order=best`: the order is `newest` or `oldest`"),
        ("page=2", "`page` is not a parameter of this query; there are `order`, `limit` and `after`"),
    ] {
        let refused = server.send("GET", &format!("{order}/history?{query}"), &[], "");
        assert_eq!((refused.status, refused.body), (400, json!({ "code": "malformed", "message": words })));
    }
    let refused = server.send("GET", &format!("{order}/history?after=x"), &[], "");
    assert_eq!(refused.status, 400, "{}", refused.body);
}
