//! Requests that race for one order.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, Server};

on_both! {
    racing_requests_move_the_order_once_and_losers_get_its_state
    racing_remarks_are_all_recorded
}

/// The answers to as many requests at the same time.
fn race(count: usize, request: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    thread::scope(|threads| {
        let request = &request;
        let racing: Vec<_> = (0..count).map(|index| threads.spawn(move || request(index))).collect();
        racing.into_iter().map(|thread| thread.join().expect("a client does not panic")).collect()
    })
}

fn racing_requests_move_the_order_once_and_losers_get_its_state(server: &Server) {
    for _ in 0..4 {
        let order = server.place(4200);
        let answers = race(8, |index| match index % 2 {
            0 => server.pay(&order),
            _ => server.post("ann", &format!("{order}/cancel"), r#"{"reason": "no"}"#),
        });
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 7));
        let state = won[0].body["state"].clone();
        for answer in &lost {
            // A loser that read before the winner's commit gets a conflict; one that read after it gets an illegal move.
            let is_conflict = answer.body["code"] == "conflict";
            let found = if is_conflict { &answer.body["found"]["state"] } else { &answer.body["from"] };
            assert_eq!((answer.status, found), (409, &state), "{}", answer.body);
        }
        let read = server.get(&order);
        assert_eq!((&read["state"], &read["version"], &read["payment"]["version"]), (&state, &json!(2), &json!(2)));
        assert_eq!(server.records(&order).len(), 4);
    }
}

#[test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
fn conflict_is_409_with_the_expected_and_the_found_version() {
    let url = tollgate_cluster::database("orders-conflict");
    let server = Server::start(&url);
    let order = server.place(4200);
    let answers = while_the_row_is_locked(&url, || race(2, |_| server.pay(&order)));
    let lost: Vec<_> = answers.into_iter().filter(|answer| answer.status != 200).collect();
    assert_eq!((lost.len(), lost[0].status), (1, 409));
    let body = &lost[0].body;
    assert_eq!(body["expected"], json!({"version": 1, "state": "Placed"}));
    assert_eq!(body["found"], json!({"version": 2, "state": "Paid"}));
    let paid = server.records(&order).into_iter().find(|record| record["transition"] == "pay").expect("it is paid");
    let time =
        |at: &Value| at.as_str().and_then(|at| at.parse::<tollgate::chrono::DateTime<tollgate::chrono::Utc>>().ok());
    assert_eq!((time(&body["since"]), body["since"].is_string()), (time(&paid["at"]), true));
    assert_eq!(
        (&body["code"], &body["message"]),
        (&json!("conflict"), &json!("another commit moved Order of Order 1 first"))
    );
}

fn racing_remarks_are_all_recorded(server: &Server) {
    let order = server.place(4200);
    let remark = |index: usize| {
        server.post("ann", &format!("{order}/remark"), &json!({"reason": index.to_string()}).to_string())
    };
    let answers = race(4, remark);
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(server.get(&order)["version"], 5);
    let mut reasons: Vec<_> =
        server.records(&order).into_iter().filter_map(|record| record["reason"].as_str().map(str::to_owned)).collect();
    reasons.sort();
    assert_eq!(reasons, ["0", "1", "2", "3"]);
}

/// Holds the rows of all orders locked until two others wait for them: both have then read, and neither has written.
fn while_the_row_is_locked<T: Send>(url: &str, requests: impl FnOnce() -> T + Send) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let pool = runtime.block_on(sqlx::PgPool::connect(url)).expect("the database answers");
    let mut lock = runtime.block_on(pool.begin()).expect("a transaction");
    runtime.block_on(sqlx::query("SELECT FROM orders FOR UPDATE").execute(&mut *lock)).expect("a lock");
    thread::scope(|threads| {
        let requests = threads.spawn(requests);
        let waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while runtime.block_on(sqlx::query_scalar::<_, i64>(waiting).fetch_one(&pool)).expect("an answer") < 2 {
            assert!(!requests.is_finished(), "the requests wait for the lock");
            thread::sleep(Duration::from_millis(5));
        }
        runtime.block_on(lock.rollback()).expect("the lock is released");
        requests.join().expect("a client does not panic")
    })
}
