//! The history page.

use serde_json::{Value, json};

use super::Server;

on_both! {
    history_has_actor_time_and_reason_of_all_three_machines
    pages_of_any_size_join_to_the_whole_history_in_both_orders
    page_after_concurrent_writes_continues_at_the_end_of_the_last_one
}

/// An order that has been placed, paid, remarked on, shipped and delivered: nine records.
fn delivered(server: &Server) -> String {
    let order = server.place(4200);
    assert_eq!(server.pay(&order).status, 200);
    assert_eq!(server.post("ann", &format!("{order}/remark"), r#"{"reason": "ring twice"}"#).status, 200);
    assert_eq!(server.ship(&order).status, 200);
    assert_eq!(server.deliver(&order).status, 200);
    order
}

/// The records of all pages of this size, and how many pages there were.
fn pages(server: &Server, path: &str) -> (Vec<Value>, usize) {
    let (mut records, mut count, mut next) = (Vec::new(), 0, Some(path.to_owned()));
    while let Some(path) = next {
        let page = server.get(&path);
        records.extend(page["records"].as_array().expect("a page has records").iter().cloned());
        next = page["next"].as_str().map(str::to_owned);
        count += 1;
    }
    (records, count)
}

fn history_has_actor_time_and_reason_of_all_three_machines(server: &Server) {
    let order = delivered(server);
    let story = [
        "Order create",
        "Payment create",
        "Order pay",
        "Payment capture",
        "Order remark",
        "Order ship",
        "Shipment create",
        "Order deliver",
        "Shipment deliver",
    ];
    assert_eq!(server.story(&order), story);
    let records = server.records(&order);
    let remark = &records[4];
    assert_eq!((&remark["actor"]["id"], &remark["reason"]), (&json!("ann"), &json!("ring twice")));
    assert_eq!((&remark["from"], &remark["to"], &remark["version"]), (&json!("Paid"), &json!("Paid"), &json!(3)));
    assert_eq!(remark["context"]["ip"], "127.0.0.1");
    assert_eq!(records[3]["data"], json!({"card": "4242"}));
    assert_eq!(records[2]["context"]["request_id"], records[3]["context"]["request_id"], "it was one request");
    let times: Vec<&str> = records.iter().filter_map(|record| record["at"].as_str()).collect();
    assert!(times.len() == 9 && times.is_sorted(), "{times:?}");
}

fn pages_of_any_size_join_to_the_whole_history_in_both_orders(server: &Server) {
    delivered(server);
    let order = delivered(server);
    let whole = server.records(&order);
    for limit in [1, 2, 4, 9, 10] {
        let (oldest, count) = pages(server, &format!("{order}/history?order=oldest&limit={limit}"));
        assert_eq!((&oldest, count), (&whole, 9_usize.div_ceil(limit)), "in pages of {limit}");
        let (mut newest, _) = pages(server, &format!("{order}/history?limit={limit}"));
        newest.reverse();
        assert_eq!(newest, whole, "in pages of {limit}, newest first");
    }
}

fn page_after_concurrent_writes_continues_at_the_end_of_the_last_one(server: &Server) {
    let order = delivered(server);
    let whole = server.records(&order);
    let first = server.get(&format!("{order}/history?limit=4"));
    assert_eq!(server.post("ann", &format!("{order}/remark"), r#"{"reason": "thanks"}"#).status, 200);
    let (rest, _) = pages(server, first["next"].as_str().expect("there is more"));
    let mut together = first["records"].as_array().expect("records").clone();
    together.extend(rest);
    together.reverse();
    assert_eq!(together, whole);
}
