//! Requests that both services refuse before they reach a machine: each answer is a `Problem`, as JSON.

use crate::axum_api::client::Answer;
use crate::process::Process;
use crate::scratch;

const LIMIT: usize = 64 * 1024;

/// A service, the path of its subjects, and a body that creates one.
struct Service {
    process: Process,
    path: &'static str,
    body: &'static str,
}

fn each(test: &str, promise: impl Fn(&Service)) {
    let services: [(_, &[&str], _, _); 2] = [
        ("axum_api", &["127.0.0.1:0"], "/reports", r#"{"title": "Trees"}"#),
        ("orders_service", &["--db", "orders.db", "127.0.0.1:0"], "/orders", r#"{"item": "a lamp", "amount": 4200}"#),
    ];
    for (example, arguments, path, body) in services {
        let process = Process::start(&scratch(&format!("{test}-{example}")), example, arguments);
        let service = Service { process, path, body };
        service.process.post("ann", path, body);
        promise(&service);
        let second = service.process.post("ann", path, body);
        assert_eq!(second["id"], 2, "no refused request has created anything");
    }
}

impl Service {
    /// Sends a request whose head has these lines, as bytes.
    fn raw(&self, method: &str, path: &str, lines: &[&[u8]], body: &[u8]) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n").into_bytes();
        for line in lines {
            request.extend_from_slice(line);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
        request.extend_from_slice(body);
        self.process.exchange(&request)
    }

    /// Creates a subject with these lines in the head.
    fn create(&self, lines: &[&[u8]]) -> Answer {
        self.raw("POST", self.path, lines, self.body.as_bytes())
    }
}

fn is_problem(answer: &Answer, status: u16, code: &str, message: &str) {
    assert_eq!((answer.status, answer.body["code"].as_str()), (status, Some(code)), "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let found = answer.body["message"].as_str().expect("a problem has a message");
    assert!(found.contains(message), "{found}");
}

#[test]
fn unknown_route_and_method_are_problems() {
    each("bad-route", |service| {
        for path in ["/", "/nothing", "/%FF", "//"] {
            is_problem(&service.raw("GET", path, &[], b""), 404, "not_found", "there is nothing here");
        }
        let first = format!("{}/1", service.path);
        for (method, path) in [("DELETE", &*first), ("PUT", &first), ("GET", service.path)] {
            let refused = service.raw(method, path, &[], b"");
            is_problem(&refused, 405, "method_not_allowed", "the header `allow` names those");
            assert!(refused.header("allow").is_some(), "{method} {path}");
        }
    });
}

#[test]
fn path_that_is_not_utf8_is_400_and_a_number_that_is_unknown_404() {
    each("bad-path", |service| {
        let path = service.path;
        for path in [format!("{path}/%FF"), format!("{path}/%C3%28/history"), format!("{path}/1%80")] {
            is_problem(&service.raw("GET", &path, &[], b""), 400, "malformed", "the path is not UTF-8");
        }
        for id in ["9", "one", "-1", "99999999999999999999999", "1%00"] {
            is_problem(&service.raw("GET", &format!("{path}/{id}"), &[], b""), 404, "not_found", "there is no");
        }
        assert_eq!(service.raw("GET", &format!("{path}/%31"), &[], b"").body["id"], 1);
    });
}

#[test]
fn body_over_the_limit_is_413_with_and_without_a_length() {
    each("bad-length", |service| {
        let path = service.path;
        for size in [LIMIT + 1, 3 * 1024 * 1024] {
            let refused = service.raw("POST", path, &[b"x-actor: ann"], &vec![b' '; size]);
            is_problem(&refused, 413, "too_large", "the body is larger than 65536 bytes");
        }
        let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", LIMIT + 1, " ".repeat(LIMIT + 1));
        let chunked =
            format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n");
        let refused = service.process.exchange(format!("{chunked}{chunk}").as_bytes());
        is_problem(&refused, 413, "too_large", "the body is larger than 65536 bytes");
        is_problem(&service.raw("POST", path, &[], &vec![b' '; LIMIT]), 400, "malformed", "EOF while parsing");
    });
}

#[test]
fn body_of_another_type_is_415_and_json_by_any_of_its_names_is_read() {
    each("bad-type", |service| {
        for found in
            ["text/plain", "application/x-www-form-urlencoded", "text/json; charset=utf-8", "", "application/jsonp"]
        {
            let refused = service.create(&[b"x-actor: ann", format!("content-type: {found}").as_bytes()]);
            is_problem(&refused, 415, "unsupported_type", "send `application/json`");
        }
        let fire = format!("{}/1/nothing", service.path);
        for found in ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"] {
            let content_type = format!("content-type: {found}");
            let refused = service.raw("POST", service.path, &[b"x-actor: ann", content_type.as_bytes()], b"{}");
            is_problem(&refused, 400, "malformed", "missing field");
            is_problem(
                &service.raw("POST", &fire, &[content_type.as_bytes()], b"{}"),
                404,
                "not_found",
                "nothing here",
            );
        }
    });
}

#[test]
fn body_that_is_not_json_returns_400_with_the_message_of_serde() {
    each("bad-json", |service| {
        let bodies: [(&[u8], &str); 6] = [
            (b"", "EOF while parsing"),
            (b"{", "EOF while parsing"),
            (b"nothing", "expected"),
            (b"[1, 2]", "invalid"),
            (b"{\"title\": \"\xFF\"}", "at line 1"),
            (b"{} {}", ""),
        ];
        for (body, message) in bodies {
            is_problem(&service.raw("POST", service.path, &[b"x-actor: ann"], body), 400, "malformed", message);
        }
    });
}

#[test]
fn query_that_is_not_known_is_400() {
    each("bad-query", |service| {
        if service.path == "/reports" {
            return; // Its routes read no query.
        }
        for query in
            ["limit=%FF", "limit=-1", "limit=99999999999", "order=", "after=1-2", "after=1-2-%FF", "%FF=1", "x"]
        {
            let path = format!("{}/1/history?{query}", service.path);
            is_problem(&service.raw("GET", &path, &[], b""), 400, "malformed", "`");
        }
    });
}

#[test]
fn unusable_header_returns_400_with_a_remedy() {
    each("bad-header", |service| {
        let long = "a".repeat(201);
        let values: [(&[u8], &str); 8] = [
            (b"Zo\xEB", "is not UTF-8; encode it as UTF-8"),
            (b"\xC3\x28", "is not UTF-8; encode it as UTF-8"),
            (b"", "is empty; give it a value or leave it out"),
            (b"   ", "is empty; give it a value or leave it out"),
            ("\u{a0}".as_bytes(), "is empty; give it a value or leave it out"),
            (b"an\tn", "has a control character; remove it"),
            ("an\u{85}n".as_bytes(), "has a control character; remove it"),
            (long.as_bytes(), "has 201 characters; use at most 200"),
        ];
        for name in ["x-actor", "x-request-id"] {
            let line = |value: &[u8]| [name.as_bytes(), b": ", value].concat();
            for (value, why) in values {
                let refused = service.create(&[&line(value)]);
                is_problem(&refused, 400, "malformed", &format!("the header `{name}` {why}"));
            }
            let refused = service.create(&[&line(b"ann"), &line(b"bob")]);
            is_problem(&refused, 400, "malformed", &format!("the header `{name}` is there twice; send it once"));
            let refused = service.raw("GET", &format!("{}/1", service.path), &[&line(b"\xFF")], b"");
            is_problem(&refused, 400, "malformed", "is not UTF-8");
        }
    });
}

#[test]
fn actor_and_request_id_in_utf8_are_recorded() {
    let process = Process::start(&scratch("good-header"), "axum_api", &["127.0.0.1:0"]);
    let service = Service { process, path: "/reports", body: r#"{"title": "Trees"}"# };
    let created = service.create(&["x-actor: Zoë".as_bytes(), "x-request-id: größer".as_bytes()]);
    assert_eq!((created.status, created.header("x-request-id")), (201, Some("größer")));
    let history = service.process.get("/reports/1/history");
    assert_eq!(history[0]["actor"]["id"], "Zoë");
    assert_eq!(history[0]["context"]["request_id"], "größer");
    // Percent-encoding is not decoded: an id may have a percent sign.
    assert_eq!(service.create(&[b"x-actor: Zo%C3%AB"]).status, 201);
    assert_eq!(service.process.get("/reports/2/history")[0]["actor"]["id"], "Zo%C3%AB");
}
