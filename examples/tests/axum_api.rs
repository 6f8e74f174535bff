//! The example `axum_api`: real requests over loopback. Here: the service that tests start, and requests that succeed.

mod fields;
mod program;
mod refusals;
mod restart;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tollgate::{Record, RecordKind, Sink};

use self::client::{Answer, send};
use self::outage::Outage;

#[path = "../axum_api/client.rs"]
pub(crate) mod client;
#[path = "../axum_api/outage.rs"]
mod outage;
#[path = "../axum_api/service/mod.rs"]
mod service;

/// The records that the log has accepted, for the test to read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Record>>>);

impl Log {
    fn records(&self) -> Vec<Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Sink for Log {
    type Error = io::Error;

    fn on_success(&mut self, record: &Record) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
        Ok(())
    }

    fn on_refusal(&mut self, record: &Record) -> io::Result<()> {
        Sink::on_success(self, record)
    }
}

/// A service on a free port, which is stopped when this is dropped.
struct Server {
    address: SocketAddr,
    log: Log,
    is_out: Arc<AtomicBool>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener can wait elsewhere");
        let address = listener.local_addr().expect("it is bound");
        let log = Log::default();
        let (sink, is_out) = Outage::of(log.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            tokio::runtime::Runtime::new()?.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                let stopped = async move { drop(stopped.await) };
                let desk = service::desk::Desk::restore(sink, Vec::new()).map_err(io::Error::other)?;
                service::serve(listener, desk, stopped).await
            })
        });
        Self { address, log, is_out, stop: Some(stop), thread: Some(thread) }
    }

    /// With a report by ann.
    fn with_draft() -> Self {
        let server = Self::start();
        assert_eq!(server.post("ann", "/reports", r#"{"title": "Trees"}"#).status, 201);
        server
    }

    /// With a report by ann that bob reviews.
    fn with_review() -> Self {
        let server = Self::with_draft();
        assert_eq!(server.fire("ann", r#"{"transition": {"submit": {"reviewer": "bob"}}}"#).status, 200);
        server
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(self.address, method, path, headers, body).expect("the server answers")
    }

    fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    fn post(&self, actor: &str, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[("x-actor", actor)], body)
    }

    fn fire(&self, actor: &str, body: &str) -> Answer {
        self.post(actor, "/reports/1/transitions", body)
    }

    fn put_log_out(&self, is_out: bool) {
        self.is_out.store(is_out, Ordering::SeqCst);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(matches!(ended, Some(Ok(Ok(())))), "the service ends after the signal: {ended:?}");
        }
    }
}

fn link(name: &str, to: &str, requires: &[&str], carries: &[&str]) -> Value {
    let href = "/reports/1/transitions";
    json!({"name": name, "to": to, "method": "POST", "href": href, "requires": requires, "carries": carries})
}

fn draft() -> Value {
    let links = [link("submit", "Review", &["actor"], &["reviewer"]), link("archive", "Archived", &["actor"], &[])];
    json!({"id": 1, "title": "Trees", "state": "Draft", "version": 1, "available": links})
}

#[test]
fn created_report_has_a_link_for_each_available_transition() {
    let server = Server::start();
    let created = server.post("ann", "/reports", r#"{"title": "Trees"}"#);
    assert_eq!((created.status, created.header("location")), (201, Some("/reports/1")));
    assert_eq!(created.header("content-type"), Some("application/json"));
    assert_eq!(created.body, draft());
    let shown = server.get("/reports/1");
    assert_eq!((shown.status, shown.body), (200, draft()));
}

#[test]
fn command_moves_the_report_and_links_depend_on_the_actor() {
    let server = Server::with_review();
    let review = |links: &[Value]| json!({"id": 1, "title": "Trees", "state": "Review", "version": 2, "data": {"reviewer": "bob"}, "available": links});
    let links = [link("approve", "Published", &["actor"], &[]), link("reject", "Draft", &["actor", "reason"], &[])];
    assert_eq!(server.get("/reports/1").body, review(&links));
    let seen_by = |actor| server.send("GET", "/reports/1", &[("x-actor", actor)], "").body;
    assert_eq!(seen_by("bob"), review(&links));
    assert_eq!(seen_by("ann"), review(&[]), "the author of a report must not decide on it");

    let rejected = server.fire("bob", r#"{"transition": "reject", "reason": "no sources"}"#);
    assert_eq!(
        (rejected.status, &rejected.body["state"], &rejected.body["version"]),
        (200, &"Draft".into(), &3.into())
    );
    assert_eq!(server.log.records()[2].reason.as_deref(), Some("no sources"));
}

#[test]
fn history_has_actor_address_and_request_of_changes_and_refusals() {
    let server = Server::with_draft();
    let headers = [("x-actor", "ann"), ("x-request-id", "r-2")];
    let submit = r#"{"transition": {"submit": {"reviewer": "bob"}}}"#;
    let submitted = server.send("POST", "/reports/1/transitions", &headers, submit);
    assert_eq!(submitted.header("x-request-id"), Some("r-2"));
    let refused = server.fire("ann", r#"{"transition": "approve"}"#);
    let drawn = refused.header("x-request-id").expect("an id is drawn").to_owned();

    let history = server.get("/reports/1/history");
    assert_eq!((history.status, history.body.as_array().map(Vec::len)), (200, Some(3)));
    let records: Vec<Record> = serde_json::from_value(history.body).expect("these are records");
    assert_eq!(records, server.log.records());
    let kinds: Vec<_> = records.iter().map(|record| record.kind).collect();
    assert_eq!(kinds, [RecordKind::Creation, RecordKind::Transition, RecordKind::Refusal]);
    assert!(records.iter().all(|record| record.actor == Some("ann".into())));
    let context = |record: &Record| serde_json::to_value(&record.context).expect("a context is JSON");
    assert_eq!(context(&records[1]), json!({"ip": "127.0.0.1", "request_id": "r-2"}));
    assert_eq!(context(&records[2]), json!({"ip": "127.0.0.1", "request_id": drawn}));
    assert_eq!(records[2].refused_by.as_deref(), Some("is_not_the_author"));
}

#[test]
fn racing_requests_move_the_report_once_and_losers_get_its_state() {
    let server = Server::with_review();
    let mut statuses: Vec<u16> = thread::scope(|threads| {
        let bodies = [r#"{"transition": "approve"}"#, r#"{"transition": "reject", "reason": "no"}"#];
        let race = |index: usize| {
            let server = &server;
            threads.spawn(move || server.fire("bob", bodies[index % 2]).status)
        };
        let racing: Vec<_> = (0..12).map(race).collect();
        racing.into_iter().map(|thread| thread.join().expect("a client does not panic")).collect()
    });
    statuses.sort_unstable();
    let mut expected = vec![409; 12];
    expected[0] = 200;
    assert_eq!(statuses, expected);
    let versions: Vec<_> = server.log.records().iter().map(|record| record.version).collect();
    assert_eq!(versions, [Some(1), Some(2), Some(3)]);
}

#[test]
fn concurrent_requests_keep_their_actor_and_id() {
    let server = Server::start();
    thread::scope(|threads| {
        for index in 0..16 {
            let server = &server;
            threads.spawn(move || {
                let (actor, id) = (format!("user-{index}"), format!("r-{index}"));
                let body = format!(r#"{{"title": "by {actor}"}}"#);
                let created = server.send("POST", "/reports", &[("x-actor", &actor), ("x-request-id", &id)], &body);
                assert_eq!((created.status, created.header("x-request-id")), (201, Some(id.as_str())));
                let path = created.header("location").expect("it has the path").to_owned();
                let history = server.get(&format!("{path}/history")).body;
                assert_eq!(history[0]["actor"]["id"], actor);
                assert_eq!(history[0]["context"]["request_id"], id);
            });
        }
    });
    assert_eq!(server.log.records().len(), 16);
}
