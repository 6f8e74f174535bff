//! The program restarted on its own log: reports, numbers and versions continue, and a log that cannot be replayed is
//! refused.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use serde_json::Value;
use tollgate::{JsonLines, Record, Sink};

use super::client::send;
use super::service::desk::Desk;
use crate::process::Process;
use crate::{records, run, scratch};

const LOG: &str = "target/axum_api.jsonl";

/// Each version of each report is there once, the chain is whole, and each report replays.
fn verify(log: &Path) -> Vec<Record> {
    let chained = JsonLines::read(log).expect("there is a log").chained();
    let all = chained.collect::<Result<Vec<Record>, _>>().expect("the log is a chain of records");
    let mut places: BTreeMap<(String, u64), usize> = BTreeMap::new();
    for record in all.iter().filter(|record| record.is_change()) {
        let subject = record.subject.as_ref().expect("a change is about a report").to_string();
        *places.entry((subject, record.version.expect("a change has a version"))).or_default() += 1;
    }
    assert!(places.values().all(|count| *count == 1), "{places:?}");
    let reports = places.keys().map(|(subject, _)| subject).collect::<std::collections::BTreeSet<_>>().len();
    let desk = Desk::restore(JsonLines::new(Vec::new()), all.clone()).expect("the log replays");
    assert_eq!(desk.len(), reports);
    all
}

fn start(folder: &Path) -> Process {
    Process::start(folder, "axum_api", &["127.0.0.1:0"])
}

fn move_to_review(service: &Process, id: u64) {
    let fire = format!("/reports/{id}/transitions");
    service.post("ann", &fire, r#"{"transition": {"submit": {"reviewer": "bob"}}}"#);
}

#[test]
fn restart_after_kill_continues_numbers_and_versions() {
    let folder = scratch("axum-restart");
    let mut views: BTreeMap<u64, Value> = BTreeMap::new();
    let mut count = 0;
    for round in 0..4 {
        let service = start(&folder);
        assert_eq!(service.before, [format!("restored {} reports from {count} records of {LOG}", views.len())]);
        for (id, view) in &views {
            assert_eq!(service.get(&format!("/reports/{id}")), *view, "round {round}");
        }
        for _ in 0..3 {
            let created = service.post("ann", "/reports", r#"{"title": "Trees"}"#);
            assert_eq!((&created["id"], &created["version"]), (&(views.len() as u64 + 1).into(), &1.into()));
            views.insert(views.len() as u64 + 1, Value::Null);
        }
        // The first new report of each round is submitted, report 1 moves on and back, and a refusal is logged.
        move_to_review(&service, views.len() as u64 - 1);
        match round % 2 {
            0 => move_to_review(&service, 1),
            _ => drop(service.post("bob", "/reports/1/transitions", r#"{"transition": "reject", "reason": "no"}"#)),
        }
        let fire = format!("/reports/{}/transitions", views.len() as u64 - 1);
        let refused = service.send("POST", &fire, &[("x-actor", "ann")], r#"{"transition": "approve"}"#);
        assert_eq!(refused.status, 403);
        for (id, view) in &mut views {
            *view = service.get(&format!("/reports/{id}"));
        }
        let history = service.get("/reports/1/history");
        assert_eq!(history.as_array().map(Vec::len), Some(round + 2), "the history includes former runs");
        service.kill();
        count = verify(&folder.join(LOG)).len();
        assert_eq!(count, (round + 1) * 6);
    }
    assert_eq!(views[&1]["version"], 5);
}

#[test]
fn kill_under_load_loses_no_answered_report_and_repeats_no_number() {
    let folder = scratch("axum-restart-load");
    let answered = Mutex::new(Vec::new());
    for _ in 0..3 {
        let service = start(&folder);
        let (address, before) = (service.address, answered.lock().expect("no test panics").len());
        thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    let create = || send(address, "POST", "/reports", &[("x-actor", "ann")], r#"{"title": "Trees"}"#);
                    while let Ok(created) = create() {
                        let id = created.body["id"].as_u64().expect("a report has a number");
                        answered.lock().expect("no test panics").push(id);
                    }
                });
            }
            while answered.lock().expect("no test panics").len() < before + 50 {
                thread::yield_now();
            }
            service.kill();
        });
        verify(&folder.join(LOG));
    }
    let mut answered = answered.into_inner().expect("no test panics");
    answered.sort_unstable();
    let service = start(&folder);
    for pair in answered.windows(2) {
        assert!(pair[0] < pair[1], "number {} was given twice", pair[0]);
    }
    for id in answered {
        assert_eq!(service.get(&format!("/reports/{id}"))["version"], 1);
    }
}

/// Writes a log of two reports, changed by the closure, without a chain.
fn log_of(folder: &Path, change: impl FnOnce(&mut Vec<Record>)) -> io::Result<()> {
    let service = start(folder);
    service.post("ann", "/reports", r#"{"title": "Trees"}"#);
    service.post("ann", "/reports", r#"{"title": "Rents"}"#);
    move_to_review(&service, 1);
    service.kill();
    let mut all = records(&folder.join(LOG));
    change(&mut all);
    let mut lines = JsonLines::new(File::create(folder.join(LOG))?);
    all.iter().try_for_each(|record| lines.on_success(record))?;
    lines.flush()
}

fn is_refused(folder: &Path, why: &str) {
    let log = fs::read(folder.join(LOG)).expect("there is a log");
    let run = run(folder, "axum_api", &["127.0.0.1:0"]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{}", run.err);
    assert!(run.err.starts_with("axum_api: ") && run.err.contains(why), "{}", run.err);
    let remedy = format!("; `{LOG}` cannot be replayed: repair it, or move it away to start a new log\n");
    assert!(run.err.ends_with(&remedy), "{}", run.err);
    assert_eq!(fs::read(folder.join(LOG)).expect("there is a log"), log, "the log is left as it was");
}

#[test]
fn start_on_a_log_that_does_not_replay_is_refused_with_report_and_record() {
    type Change = fn(&mut Vec<Record>);
    let cases: [(&str, Change, &str); 5] = [
        ("twice", |all| all.push(all[0].clone()), "the subject is already created by an earlier record"),
        ("gap", |all| all[2].version = Some(3), "its version is 3, and 2 is next"),
        ("uncreated", |all| drop(all.remove(0)), "its version is 2, and 1 is next"),
        ("untitled", |all| all[0].context = tollgate::Context::default(), "has no title or no actor"),
        (
            "unnumbered",
            |all| all[1].subject = all[1].subject.clone().map(|s| tollgate::SubjectRef { id: "x".into(), ..s }),
            "reports have numbers",
        ),
    ];
    for (name, change, why) in cases {
        let folder = scratch(&format!("axum-refused-{name}"));
        log_of(&folder, change).expect("the log can be written");
        is_refused(&folder, why);
    }
}

#[test]
fn start_on_a_log_with_an_unreadable_or_missing_line_is_refused() {
    for (name, why) in [("unreadable", "line 2"), ("missing", "line 2")] {
        let folder = scratch(&format!("axum-line-{name}"));
        let service = start(&folder);
        for title in ["Trees", "Rents", "Roads"] {
            service.post("ann", "/reports", &format!(r#"{{"title": "{title}"}}"#));
        }
        service.kill();
        let text = fs::read_to_string(folder.join(LOG)).expect("there is a log");
        let mut lines: Vec<&str> = text.lines().collect();
        if name == "missing" {
            lines.remove(1);
        } else {
            lines[1] = "{\"v\":1,";
        }
        fs::write(folder.join(LOG), format!("{}\n", lines.join("\n"))).expect("the log can be written");
        is_refused(&folder, why);
    }
}

#[test]
fn start_on_a_log_of_a_running_service_is_refused() {
    let folder = scratch("axum-two");
    let service = start(&folder);
    let second = run(&folder, "axum_api", &["127.0.0.1:0"]);
    assert_eq!((second.code, second.out.as_str()), (Some(1), ""), "{}", second.err);
    service.post("ann", "/reports", r#"{"title": "Trees"}"#);
}
