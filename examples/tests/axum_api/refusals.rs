//! Requests that the service refuses: each status and its body.

use serde_json::{Value, json};

use super::{Server, draft, link};

#[test]
fn illegal_transition_returns_409_with_allowed_transitions() {
    let server = Server::with_draft();
    let refused = server.fire("bob", r#"{"transition": "approve"}"#);
    let expected = json!({
        "code": "illegal_transition",
        "message": "`approve` does not leave `Draft`",
        "machine": "Report",
        "transition": "approve",
        "from": "Draft",
        "allowed": ["submit", "archive"],
        "version": 1,
        "available": draft()["available"],
    });
    assert_eq!((refused.status, refused.body), (409, expected));
    assert_eq!(server.get("/reports/1").body, draft());
    assert_eq!(server.log.records().len(), 1);
}

#[test]
fn denied_permission_returns_403() {
    let server = Server::with_review();
    let refused = server.fire("ann", r#"{"transition": "approve"}"#);
    let expected = json!({
        "code": "permission",
        "message": "the author of a report must not decide on it",
        "machine": "Report",
        "transition": "approve",
        "from": "Review",
        "to": "Published",
        "permission": "is_not_the_author",
    });
    assert_eq!((refused.status, refused.body), (403, expected));
    assert_eq!(server.get("/reports/1").body["version"], 2);
}

#[test]
fn refusing_guard_returns_422_with_its_reason() {
    let server = Server::start();
    assert_eq!(server.post("ann", "/reports", r#"{"title": " "}"#).status, 201);
    let refused = server.fire("ann", r#"{"transition": {"submit": {"reviewer": "bob"}}}"#);
    let expected = json!({
        "code": "guard",
        "message": "the report has no title",
        "machine": "Report",
        "transition": "submit",
        "from": "Draft",
        "to": "Review",
        "guard": "has_title",
    });
    assert_eq!((refused.status, refused.body), (422, expected));
    let available = server.get("/reports/1").body["available"].clone();
    assert_eq!(available, json!([link("archive", "Archived", &["actor"], &[])]), "a guard that fails hides its link");
}

#[test]
fn missing_actor_or_reason_returns_422_with_its_name() {
    let server = Server::with_review();
    let no_author = json!({"code": "actor_required", "message": "an actor is required"});
    let step = |code, message, transition, to| json!({"code": code, "message": message, "machine": "Report", "transition": transition, "from": "Review", "to": to});
    let no_actor = step("actor_required", "an actor is required", "approve", "Published");
    let refused = server.send("POST", "/reports/1/transitions", &[], r#"{"transition": "approve"}"#);
    assert_eq!((refused.status, &refused.body), (422, &no_actor));
    let refused = server.send("POST", "/reports", &[], r#"{"title": "Rents"}"#);
    assert_eq!((refused.status, &refused.body), (422, &no_author));
    for (body, message) in [
        (r#"{"transition": "reject"}"#, "a reason is required"),
        (r#"{"transition": "reject", "reason": " "}"#, "a reason is required, and the one given is blank"),
    ] {
        let refused = server.fire("bob", body);
        assert_eq!((refused.status, refused.body), (422, step("reason_required", message, "reject", "Draft")));
    }
    assert_eq!(server.get("/reports/1").body["version"], 2);
}

#[test]
fn malformed_command_returns_400_with_the_message_of_serde() {
    let server = Server::with_draft();
    let cases = [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("approve", "expected value at line 1 column 1"),
        (
            r#"{"reason": "x"}"#,
            "a command is one transition of Report, as its name or as the key of its data; its transitions are \
             `submit`, `approve`, `reject`, `archive`: missing field `transition` at line 1 column 15",
        ),
        (
            r#"{"transition": "archive", "why": "x"}"#,
            "unknown field `why`, expected `transition` or `reason` at line 1 column 31",
        ),
        (
            r#"{"transition": "publish"}"#,
            "`publish` is not a transition of Report; its transitions are `submit`, `approve`, `reject`, `archive` \
             at line 1 column 24",
        ),
        (r#"{"transition": {"submit": {}}}"#, "transition `submit`: missing field `reviewer` at line 1 column 29"),
        (
            r#"{"transition": {"submit": {"reviewer": 5}}}"#,
            "transition `submit`: reviewer: invalid type: integer `5`, expected a string at line 1 column 42",
        ),
    ];
    for (body, words) in cases {
        let refused = server.fire("ann", body);
        assert_eq!((refused.status, refused.body), (400, json!({ "code": "malformed", "message": words })), "{body}");
    }
    let refused = server.post("ann", "/reports", r#"{"name": "Rents"}"#);
    let words = "unknown field `name`, expected `title` at line 1 column 7";
    assert_eq!((refused.status, refused.body), (400, json!({ "code": "malformed", "message": words })));
    assert_eq!(server.log.records().len(), 1);
}

#[test]
fn unknown_path_returns_404_and_unknown_method_405() {
    let server = Server::with_draft();
    for path in ["/reports/9", "/reports/9/history"] {
        let refused = server.get(path);
        assert_eq!(
            (refused.status, refused.body),
            (404, json!({"code": "not_found", "message": "there is no report 9"}))
        );
    }
    let refused = server.post("ann", "/reports/9/transitions", r#"{"transition": "archive"}"#);
    assert_eq!((refused.status, refused.body), (404, json!({"code": "not_found", "message": "there is no report 9"})));
    let refused = server.get("/reports/one");
    assert_eq!(
        (refused.status, refused.body),
        (404, json!({"code": "not_found", "message": "there is no report one"}))
    );
    let refused = server.get("/");
    assert_eq!(
        (refused.status, refused.body),
        (404, json!({"code": "not_found", "message": "there is nothing here; reports are under `/reports`"}))
    );
    let refused = server.send("DELETE", "/reports/1", &[], "");
    assert_eq!((refused.status, refused.header("allow")), (405, Some("GET,HEAD")));
    let words = "this resource has no such method; the header `allow` names those that it has";
    assert_eq!(refused.body, json!({ "code": "method_not_allowed", "message": words }));
}

#[test]
fn refusing_log_returns_503_and_retry_has_the_same_record_id() {
    let server = Server::with_review();
    let before = server.get("/reports/1").body;
    server.put_log_out(true);
    let refused = server.send(
        "POST",
        "/reports/1/transitions",
        &[("x-actor", "bob"), ("x-request-id", "first")],
        r#"{"transition": "approve"}"#,
    );
    let id = refused.body["record"].as_str().expect("the record has an id").to_owned();
    let retry = format!("/reports/1/retries/{id}");
    let expected = json!({
        "code": "sink",
        "message": "the log failed, and nothing moved",
        "record": id,
        "retry": {"method": "POST", "href": retry},
    });
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert_eq!(refused.body, expected);
    assert_eq!(server.get("/reports/1").body, before, "nothing moved");
    let again = server.post("bob", &retry, "");
    assert_eq!((again.status, again.body), (503, expected));
    let other = server.post("bob", "/reports/1/retries/01970000-0000-7000-8000-000000000000", "");
    assert_eq!(other.status, 404);

    server.put_log_out(false);
    let accepted = server.post("eve", &retry, "");
    assert_eq!(
        (accepted.status, &accepted.body["state"], &accepted.body["version"]),
        (200, &"Published".into(), &3.into())
    );
    let log = server.log.records();
    assert_eq!((log.len(), log[2].id.to_string(), log[2].version), (3, id.clone(), Some(3)));
    assert_eq!(log[2].actor, Some("bob".into()), "the step keeps its first actor");
    assert_eq!(log[2].context.get("request_id"), Some(&"first".into()));
    let twice = server.post("bob", &retry, "");
    let words = format!("no step of report 1 waits as record {id}");
    assert_eq!((twice.status, twice.body), (404, json!({ "code": "not_found", "message": words })));
    assert_eq!(server.log.records().len(), 3);
}

#[test]
fn waiting_step_is_replaced_by_another_command() {
    let server = Server::with_review();
    server.put_log_out(true);
    let refused = server.fire("bob", r#"{"transition": "approve"}"#);
    let retry = refused.body["retry"]["href"].as_str().expect("a link").to_owned();
    server.put_log_out(false);
    let rejected = server.fire("bob", r#"{"transition": "reject", "reason": "no sources"}"#);
    assert_eq!((rejected.status, &rejected.body["version"]), (200, &3.into()));
    assert_eq!(server.post("bob", &retry, "").status, 404);
    assert_eq!(server.get("/reports/1").body["state"], "Draft");
}

#[test]
fn log_that_refuses_a_creation_or_a_refusal_returns_503_and_keeps_no_step() {
    let server = Server::start();
    server.put_log_out(true);
    let refused = server.post("ann", "/reports", r#"{"title": "Trees"}"#);
    assert_eq!((refused.status, &refused.body["retry"]), (503, &Value::Null));
    assert!(refused.body["record"].is_string());
    assert_eq!(server.get("/reports/1").status, 404);
    server.put_log_out(false);
    assert_eq!(server.post("ann", "/reports", r#"{"title": " "}"#).header("location"), Some("/reports/1"));

    server.put_log_out(true);
    let refused = server.fire("ann", r#"{"transition": {"submit": {"reviewer": "bob"}}}"#);
    let expected = json!({"code": "sink", "message": "the log failed, and nothing moved"});
    assert_eq!((refused.status, refused.body), (503, expected));
}
