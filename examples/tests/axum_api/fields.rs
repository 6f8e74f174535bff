//! Texts that a report must not have: each field and its error.

use serde_json::{Value, json};

use super::Server;

fn is_refused(answer: &super::Answer, field: &str, why: &str) {
    let expected = json!({"code": "field", "message": format!("`{field}` {why}"), "field": field});
    assert_eq!((answer.status, &answer.body), (422, &expected));
}

#[test]
fn title_that_is_too_long_or_has_control_characters_is_422() {
    let server = Server::start();
    let create = |title: &str| server.post("ann", "/reports", &json!({ "title": title }).to_string());
    is_refused(&create(&"ä".repeat(201)), "title", "has 201 characters; use at most 200");
    is_refused(&create("Street\ntrees"), "title", "has a control character; remove it");
    is_refused(&create("\0"), "title", "has a control character; remove it");
    assert_eq!(create(&"ä".repeat(200)).status, 201);
    assert_eq!(server.log.records().len(), 1);
}

#[test]
fn reviewer_that_is_blank_or_too_long_is_422_and_nothing_moves() {
    let server = Server::with_draft();
    let submit = |reviewer: &str| {
        let command: Value = json!({"transition": {"submit": {"reviewer": reviewer}}});
        server.fire("ann", &command.to_string())
    };
    for blank in ["", "  ", "\u{a0}"] {
        is_refused(&submit(blank), "reviewer", "is blank; give it a value");
    }
    is_refused(&submit(&"b".repeat(201)), "reviewer", "has 201 characters; use at most 200");
    is_refused(&submit("b\tb"), "reviewer", "has a control character; remove it");
    assert_eq!(server.log.records().len(), 1);
    assert_eq!(submit("bob").status, 200);
}

#[test]
fn reason_that_is_too_long_is_422_and_nothing_moves() {
    let server = Server::with_review();
    let reject = |reason: &str| server.fire("bob", &json!({"transition": "reject", "reason": reason}).to_string());
    is_refused(&reject(&"n".repeat(201)), "reason", "has 201 characters; use at most 200");
    is_refused(&reject("no\u{7f}"), "reason", "has a control character; remove it");
    assert_eq!(server.log.records().len(), 2);
    assert_eq!(reject("no sources").status, 200);
}
