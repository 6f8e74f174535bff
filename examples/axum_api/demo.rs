//! The demonstration: a client sends requests and prints the responses.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::client::{Answer, send};

/// Sends the requests to the server at this address. The switch makes the server's log fail.
pub(crate) fn run(server: SocketAddr, is_out: &AtomicBool) -> Result<(), Box<dyn Error>> {
    let ask = |actor: &str, method: &str, path: &str, body: &str| -> Result<Answer, Box<dyn Error>> {
        let headers: &[(&str, &str)] = if actor.is_empty() { &[] } else { &[("x-actor", actor)] };
        let answer = send(server, method, path, headers, body)?;
        println!("{}", format!("{actor:<4} {method} {} {body}", shown(path)).trim_end());
        println!("     {} {}", answer.status, summary(&answer.body));
        Ok(answer)
    };
    let fire = "/reports/1/transitions";

    println!("A report is written:");
    ask("", "POST", "/reports", r#"{"title": "Street trees"}"#)?;
    let created = ask("ann", "POST", "/reports", r#"{"title": "Street trees"}"#)?;
    let report = created.header("location").ok_or("a creation has the path of the report")?;
    ask("ann", "GET", report, "")?;

    println!("\nWrong requests are refused:");
    ask("ann", "POST", fire, r#"{"transition": "publish"}"#)?;
    ask("ann", "POST", fire, r#"{"transition": {"submit": {"reviewer": 5}}}"#)?;
    ask("ann", "POST", fire, r#"{"transition": "approve"}"#)?;
    ask("ann", "GET", "/reports/9", "")?;

    println!("\nThe report is submitted, and decisions are tried:");
    ask("ann", "POST", fire, r#"{"transition": {"submit": {"reviewer": "bob"}}}"#)?;
    ask("ann", "POST", fire, r#"{"transition": "approve"}"#)?;
    ask("bob", "POST", fire, r#"{"transition": "reject"}"#)?;
    ask("bob", "GET", "/reports/1", "")?;

    println!("\nThe log is full; the step is kept and retried with the same record id:");
    is_out.store(true, Ordering::SeqCst);
    let refused = ask("bob", "POST", fire, r#"{"transition": "approve"}"#)?;
    ask("bob", "GET", "/reports/1", "")?;
    is_out.store(false, Ordering::SeqCst);
    let retry = refused.body["retry"]["href"].as_str().ok_or("there is a link to try again")?;
    ask("bob", "POST", retry, "")?;

    println!("\nIts history:");
    let history = send(server, "GET", "/reports/1/history", &[], "")?.body;
    let records = history.as_array().ok_or("a history is a list")?;
    for record in records {
        println!("  {}", line(record).trim_end());
    }
    let last = records.last().ok_or("it is not empty")?;
    println!("The last record has the id that was refused first: {}", last["id"] == refused.body["record"]);
    Ok(())
}

/// The path, without the record's id that it may end in: that is another in each run.
fn shown(path: &str) -> String {
    match path.split_once("/retries/") {
        Some((before, _)) => format!("{before}/retries/<record>"),
        None => path.to_owned(),
    }
}

/// The state and what is available, or the message of a refusal.
fn summary(body: &Value) -> String {
    let text = |field: &str| body[field].as_str().unwrap_or_default();
    let names = |field: &str| {
        let links = body[field].as_array().into_iter().flatten();
        let names: Vec<&str> = links.filter_map(|link| link["name"].as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    if body["code"].is_string() {
        return text("message").to_owned();
    }
    format!("{}, version {}; available: {}", text("state"), body["version"], names("available"))
}

fn line(record: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let version = record["version"].as_u64().map_or("-".to_owned(), |version| version.to_string());
    let from = record["from"].as_str().unwrap_or("(new)");
    let moves = format!("{from} -> {}", text(&record["to"]));
    let refused = record["refused_by"].as_str().map(|name| format!("refused by {name}")).unwrap_or_default();
    let (transition, actor) = (text(&record["transition"]), text(&record["actor"]["id"]));
    let ip = text(&record["context"]["ip"]);
    format!("{version}  {transition:<8} {moves:<20} {actor:<4} {ip}  {refused}")
}
