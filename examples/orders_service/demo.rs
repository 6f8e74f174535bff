//! The demonstration: a client sends requests and prints the responses.

use std::error::Error;
use std::net::SocketAddr;

use serde_json::Value;

use crate::client::{Answer, send};

/// Sends the requests to the server at this address.
pub(crate) fn run(server: SocketAddr) -> Result<(), Box<dyn Error>> {
    let ask = |actor: &str, method: &str, path: &str, body: &str| -> Result<Answer, Box<dyn Error>> {
        let headers: &[(&str, &str)] = if actor.is_empty() { &[] } else { &[("x-actor", actor)] };
        let answer = send(server, method, path, headers, body)?;
        println!("{}", format!("{actor:<4} {method} {path} {body}").trim_end());
        println!("     {} {}", answer.status, summary(&answer.body));
        Ok(answer)
    };
    let place = |body: &str| -> Result<String, Box<dyn Error>> {
        let placed = ask("ann", "POST", "/orders", body)?;
        Ok(placed.header("location").ok_or("the response has the path of the order")?.to_owned())
    };

    println!("An order is placed, and its payment with it, in one transaction:");
    let lamp = place(r#"{"item": "a lamp", "amount": 4200}"#)?;
    ask("ann", "GET", &lamp, "")?;
    ask("shop", "GET", &lamp, "")?;

    println!("\nWrong requests are refused:");
    ask("shop", "POST", &format!("{lamp}/ship"), r#"{"carrier": "post"}"#)?;
    ask("bob", "POST", &format!("{lamp}/pay"), r#"{"card": "4242"}"#)?;
    ask("ann", "POST", &format!("{lamp}/pay"), r#"{"cart": "4242"}"#)?;

    println!("\nIt is paid, shipped and delivered, each time two machines in one transaction:");
    ask("ann", "POST", &format!("{lamp}/pay"), r#"{"card": "4242"}"#)?;
    ask("shop", "POST", &format!("{lamp}/ship"), r#"{"carrier": "post"}"#)?;
    ask("ann", "POST", &format!("{lamp}/remark"), r#"{"reason": "leave it with the neighbour"}"#)?;
    ask("shop", "POST", &format!("{lamp}/deliver"), r#"{"signed_by": "the neighbour"}"#)?;

    println!("\nA payment that is refused leaves the order where it was:");
    let car = place(r#"{"item": "a car", "amount": 1250000}"#)?;
    ask("ann", "POST", &format!("{car}/pay"), r#"{"card": "4242"}"#)?;
    ask("ann", "GET", &car, "")?;
    ask("ann", "POST", &format!("{car}/cancel"), r#"{"reason": "it is too dear"}"#)?;

    println!("\nThe lamp's history, in pages of four, oldest first:");
    let mut next = Some(format!("{lamp}/history?order=oldest&limit=4"));
    while let Some(page) = next {
        let page = send(server, "GET", &page, &[], "")?.body;
        for record in page["records"].as_array().ok_or("a page has records")? {
            println!("  {}", line(record).trim_end());
        }
        next = page["next"].as_str().map(str::to_owned);
        if next.is_some() {
            println!("  ..");
        }
    }
    Ok(())
}

/// The state, the payment, the shipment and what is available, or the message of a refusal.
fn summary(body: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if body["code"].is_string() {
        return text(&body["message"]);
    }
    let names = body["available"].as_array().into_iter().flatten().map(|link| text(&link["name"]));
    let names = names.collect::<Vec<_>>().join(", ");
    let mut parts = vec![text(&body["state"]), format!("payment {}", text(&body["payment"]["state"]))];
    if body["shipment"].is_object() {
        parts.push(format!("shipment {}", text(&body["shipment"]["state"])));
    }
    format!("{}; available: {}", parts.join(", "), if names.is_empty() { "none" } else { &names })
}

fn line(record: &Value) -> String {
    let text = |field: &str| record[field].as_str().unwrap_or_default().to_owned();
    let from = record["from"].as_str().unwrap_or("(new)");
    let moves = format!("{from} -> {}", text("to"));
    let (machine, transition, version) = (text("machine"), text("transition"), &record["version"]);
    let actor = record["actor"]["id"].as_str().unwrap_or_default();
    format!("{machine:<8}  {version}  {transition:<7}  {moves:<22}  {actor:<4}  {}", text("reason"))
}
