//! How both services stop: a limit for requests in flight, and a second signal. Real sockets, real signals.
#![cfg(unix)]

use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::axum_api::client::exchange;
use crate::process::Process;
use crate::scratch;

/// A service, a path that creates something, and a body for it.
const SERVICES: [(&str, &[&str], &str, &str); 2] = [
    ("axum_api", &["127.0.0.1:0"], "/reports", r#"{"title": "Trees"}"#),
    ("orders_service", &["--db", "orders.db", "127.0.0.1:0"], "/orders", r#"{"item": "a lamp", "amount": 4200}"#),
];

/// Far longer than a stop takes, for a busy machine. If the service's time limit ends it, standard error shows it.
const LIMIT: Duration = Duration::from_secs(20);

fn each(test: &str, promise: impl Fn(&dyn Fn() -> Process, &str, &str)) {
    for (example, arguments, path, body) in SERVICES {
        let folder = scratch(&format!("stop-{test}-{example}"));
        let start = |folder: &Path| Process::start(folder, example, arguments);
        promise(&|| start(&folder), path, body);
    }
}

fn head(path: &str, body: &str) -> String {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nhost: x\r\nx-actor: ann\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n")
}

/// After a restart, answered requests are in the log, and the log accepts new ones.
fn continues(service: &Process, path: &str, body: &str) {
    assert_eq!(service.get(&format!("{path}/1"))["version"], 1);
    assert_eq!(service.post("ann", path, body)["id"], 2);
}

#[test]
fn stop_with_no_request_ends_at_once_with_success() {
    each("idle", |start, path, body| {
        for signal in ["INT", "TERM"] {
            let mut service = start();
            // A connection that is kept alive after its request does not count.
            let mut idle = service.connect();
            write!(idle, "GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").expect("it is connected");
            thread::sleep(Duration::from_millis(200));
            service.signal(signal);
            let ended = service.wait();
            assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{signal}");
            assert!(ended.took < LIMIT, "{ended:?}");
        }
        let service = start();
        service.post("ann", path, body);
    });
}

#[test]
fn stop_with_a_half_sent_request_ends_after_the_time_limit() {
    each("half", |start, path, body| {
        let mut service = start();
        service.post("ann", path, body);
        let (mut half_head, mut half_body) = (service.connect(), service.connect());
        half_head.write_all(&head(path, body).as_bytes()[..20]).expect("it is connected");
        half_body.write_all(head(path, body).as_bytes()).expect("it is connected");
        half_body.write_all(&body.as_bytes()[..5]).expect("it is connected");
        thread::sleep(Duration::from_millis(200));
        service.signal("TERM");
        let ended = service.wait();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(ended.err.contains("requests that were not complete 5 s after the stop are dropped"), "{}", ended.err);
        assert!(ended.took > Duration::from_secs(3) && ended.took < LIMIT, "{ended:?}");
        continues(&start(), path, body);
    });
}

#[test]
fn stop_with_a_request_that_completes_in_time_answers_it() {
    each("completes", |start, path, body| {
        let mut service = start();
        let mut connection = service.connect();
        connection.write_all(head(path, body).as_bytes()).expect("it is connected");
        thread::sleep(Duration::from_millis(200));
        service.signal("INT");
        thread::sleep(Duration::from_millis(500));
        let answer = exchange(&mut connection, body.as_bytes()).expect("it is answered");
        assert_eq!(answer.status, 201, "{}", answer.body);
        let ended = service.wait();
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        assert!(ended.took < LIMIT, "{ended:?}");
        continues(&start(), path, body);
    });
}

#[test]
fn second_signal_ends_at_once_with_failure() {
    each("second", |start, path, body| {
        for (first, second) in [("INT", "INT"), ("TERM", "TERM"), ("TERM", "INT")] {
            let mut service = start();
            let mut half = service.connect();
            half.write_all(&head(path, body).as_bytes()[..20]).expect("it is connected");
            thread::sleep(Duration::from_millis(200));
            service.signal(first);
            thread::sleep(Duration::from_millis(300));
            service.signal(second);
            let ended = service.wait();
            assert_eq!(ended.code, Some(1), "{}", ended.err);
            assert!(
                ended.err.contains("ended by a second signal; requests in flight are not answered"),
                "{}",
                ended.err
            );
            assert!(ended.took < LIMIT, "{ended:?}");
        }
        let service = start();
        service.post("ann", path, body);
        continues(&service, path, body);
    });
}
