//! The program: its output, and its data after a kill.

use std::net::TcpListener;
use std::path::Path;

use serde_json::Value;

use crate::process::Process;
use crate::{run, scratch};

#[test]
fn restart_after_kill_on_sqlite_continues_numbers_and_versions() {
    restart_after_kill(&scratch("orders-killed"), "orders.db");
}

#[test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
fn restart_after_kill_on_postgres_continues_numbers_and_versions() {
    restart_after_kill(&scratch("orders-killed-postgres"), &tollgate_cluster::database("orders-killed"));
}

fn restart_after_kill(folder: &Path, database: &str) {
    let start = || Process::start(folder, "orders_service", &["--db", database, "127.0.0.1:0"]);
    let mut answered: Vec<Value> = Vec::new();
    for round in 0..3 {
        let service = start();
        for view in &mut answered {
            let order = format!("/orders/{}", view["id"]);
            assert_eq!(service.get(&order), *view);
            let history = service.get(&format!("{order}/history"));
            let versions = history["records"].as_array().expect("a page has records").iter();
            let mut places: Vec<_> = versions.map(|r| (r["machine"].to_string(), r["version"].as_u64())).collect();
            places.sort();
            let count = places.len();
            places.dedup();
            assert_eq!(places.len(), count, "each version is there once");
            let version = view["version"].as_u64().expect("an order has a version");
            assert_eq!(count as u64, version + 2, "the payment has two records");
            *view = service.post("ann", &format!("{order}/remark"), r#"{"reason": "and on it goes"}"#);
            assert_eq!(view["version"], version + 1);
        }
        for amount in 1..=3 {
            let placed = service.post("ann", "/orders", &format!(r#"{{"item": "a lamp", "amount": {amount}}}"#));
            assert_eq!(placed["id"], answered.len() + 1, "round {round}");
            answered.push(service.post("ann", &format!("/orders/{}/pay", placed["id"]), r#"{"card": "4242"}"#));
        }
        service.kill();
    }
}

#[test]
fn demonstration_on_sqlite_prints_the_story() {
    demonstration_prints_the_story(&scratch("orders-demo"), &["--demo"]);
}

#[test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
fn demonstration_on_postgres_prints_the_story() {
    let url = tollgate_cluster::database("orders-demo");
    demonstration_prints_the_story(&scratch("orders-demo-postgres"), &["--db", &url, "--demo"]);
}

fn demonstration_prints_the_story(folder: &Path, arguments: &[&str]) {
    let run = run(folder, "orders_service", arguments);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
    let (first, story) = run.out.split_once('\n').expect("it prints lines");
    assert!(first.starts_with("listening on http://127.0.0.1:"), "{first}");
    assert!(story == STORY, "{story}");
}

#[test]
fn address_in_use_and_wrong_command_line_are_named() {
    let folder = scratch("orders-taken");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let refused = run(&folder, "orders_service", &[&address]);
    assert_eq!((refused.code, refused.out.as_str()), (Some(1), ""));
    assert!(refused.err.starts_with(&format!("orders_service: `{address}`: ")), "{}", refused.err);
    let refused = run(&folder, "orders_service", &["--help"]);
    assert_eq!(
        (refused.code, refused.err.as_str()),
        (Some(1), "orders_service: usage: orders_service [--db DATABASE] [ADDRESS | --demo]\n")
    );
}

const STORY: &str = r#"An order is placed, and its payment with it, in one transaction:
ann  POST /orders {"item": "a lamp", "amount": 4200}
     201 Placed, payment Due; available: pay, cancel, remark
ann  GET /orders/1
     200 Placed, payment Due; available: pay, cancel, remark
shop GET /orders/1
     200 Placed, payment Due; available: remark

Wrong requests are refused:
shop POST /orders/1/ship {"carrier": "post"}
     409 `ship` does not leave `Placed`
bob  POST /orders/1/pay {"card": "4242"}
     403 this is another customer's order
ann  POST /orders/1/pay {"cart": "4242"}
     400 unknown field `cart`, expected `card` at line 1 column 7

It is paid, shipped and delivered, each time two machines in one transaction:
ann  POST /orders/1/pay {"card": "4242"}
     200 Paid, payment Captured; available: remark
shop POST /orders/1/ship {"carrier": "post"}
     200 Shipped, payment Captured, shipment InTransit; available: deliver, remark
ann  POST /orders/1/remark {"reason": "leave it with the neighbour"}
     200 Shipped, payment Captured, shipment InTransit; available: remark
shop POST /orders/1/deliver {"signed_by": "the neighbour"}
     200 Delivered, payment Captured, shipment Delivered; available: refund, remark

A payment that is refused leaves the order where it was:
ann  POST /orders {"item": "a car", "amount": 1250000}
     201 Placed, payment Due; available: pay, cancel, remark
ann  POST /orders/2/pay {"card": "4242"}
     422 a card is charged with 100000 cents at most, and this is 1250000
ann  GET /orders/2
     200 Placed, payment Due; available: pay, cancel, remark
ann  POST /orders/2/cancel {"reason": "it is too dear"}
     200 Cancelled, payment Waived; available: none

The lamp's history, in pages of four, oldest first:
  Order     1  create   (new) -> Placed         ann
  Payment   1  create   (new) -> Due            ann
  Order     2  pay      Placed -> Paid          ann
  Payment   2  capture  Due -> Captured         ann
  ..
  Order     3  ship     Paid -> Shipped         shop
  Shipment  1  create   (new) -> InTransit      shop
  Order     4  remark   Shipped -> Shipped      ann   leave it with the neighbour
  Order     5  deliver  Shipped -> Delivered    shop
  ..
  Shipment  2  deliver  InTransit -> Delivered  shop
"#;
