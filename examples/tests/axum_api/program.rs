//! The program: its output and its exit.

use std::net::TcpListener;

use crate::process::Process;
use crate::{records, run, scratch};

#[test]
fn demonstration_prints_each_request_and_response() {
    let run = run(&scratch("axum-demo"), "axum_api", &["--demo"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), "axum_api: the log refused: the disk is full\n"));
    let (first, story) = run.out.split_once('\n').expect("it prints lines");
    assert!(first.starts_with("listening on http://127.0.0.1:"), "{first}");
    let expected = "\
A report is written:
     POST /reports {\"title\": \"Street trees\"}
     422 an actor is required
ann  POST /reports {\"title\": \"Street trees\"}
     201 Draft, version 1; available: submit, archive
ann  GET /reports/1
     200 Draft, version 1; available: submit, archive

Wrong requests are refused:
ann  POST /reports/1/transitions {\"transition\": \"publish\"}
     400 `publish` is not a transition of Report; its transitions are `submit`, `approve`, `reject`, `archive` at line 1 column 24
ann  POST /reports/1/transitions {\"transition\": {\"submit\": {\"reviewer\": 5}}}
     400 transition `submit`: reviewer: invalid type: integer `5`, expected a string at line 1 column 42
ann  POST /reports/1/transitions {\"transition\": \"approve\"}
     409 `approve` does not leave `Draft`
ann  GET /reports/9
     404 there is no report 9

The report is submitted, and decisions are tried:
ann  POST /reports/1/transitions {\"transition\": {\"submit\": {\"reviewer\": \"bob\"}}}
     200 Review, version 2; available: none
ann  POST /reports/1/transitions {\"transition\": \"approve\"}
     403 the author of a report must not decide on it
bob  POST /reports/1/transitions {\"transition\": \"reject\"}
     422 a reason is required
bob  GET /reports/1
     200 Review, version 2; available: approve, reject

The log is full; the step is kept and retried with the same record id:
bob  POST /reports/1/transitions {\"transition\": \"approve\"}
     503 the log failed, and nothing moved
bob  GET /reports/1
     200 Review, version 2; available: approve, reject
bob  POST /reports/1/retries/<record>
     200 Published, version 3; available: archive

Its history:
  1  create   (new) -> Draft       ann  127.0.0.1
  2  submit   Draft -> Review      ann  127.0.0.1
  -  approve  Review -> Published  ann  127.0.0.1  refused by is_not_the_author
  -  reject   Review -> Draft      bob  127.0.0.1  refused by reason
  3  approve  Review -> Published  bob  127.0.0.1
The last record has the id that was refused first: true
";
    assert!(story == expected, "{story}");
}

#[test]
fn address_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let run = run(&scratch("axum-taken"), "axum_api", &[&address]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(run.err.starts_with(&format!("axum_api: `{address}`: ")), "{}", run.err);
}

#[test]
#[cfg(unix)]
fn answered_report_is_on_the_disk_however_the_service_ends() {
    for (signal, code) in [("INT", Some(0)), ("TERM", Some(0)), ("KILL", None)] {
        let folder = scratch(&format!("axum-{signal}"));
        let mut program = Process::start(&folder, "axum_api", &["127.0.0.1:0"]);
        program.post("ann", "/reports", r#"{"title": "Trees"}"#);
        program.signal(signal);
        assert_eq!(program.wait().code, code);
        let log = records(&folder.join("target/axum_api.jsonl"));
        assert_eq!((log.len(), log[0].actor.clone()), (1, Some("ann".into())));
    }
}
