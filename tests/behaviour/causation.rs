//! A record that follows from another names it, and has its request id.

use tollgate::events::{Login, Logout};
use tollgate::sink::{self, REDACTED, Scope};
use tollgate::{Event, JsonLines, Record, commit_all};

use crate::Tested;
use crate::faulty::Both;
use crate::report::{AnyReport, Publication, Report, ReportMachine, ReportTransition, in_review};

/// A record with the request id `r-1`.
fn cause() -> Record {
    let mut log: Vec<Record> = Vec::new();
    Login
        .occurred()
        .by("ann")
        .with(Scope::REQUEST_ID, "r-1")
        .with("ip", "::1")
        .commit(&mut log)
        .expect("it is accepted");
    log.remove(0)
}

#[test]
fn every_kind_of_step_names_its_cause_and_shares_the_request_id() -> Tested {
    let cause = cause();
    let mut log: Vec<Record> = Vec::new();
    let report = ReportMachine::create(Report::titled("Water")).caused_by(&cause).commit(&mut log)?;
    let report = report.submit("bob".to_owned(), None).caused_by(&cause).commit(&mut log)?;
    let any = AnyReport::from(report).fire(ReportTransition::Approve(Publication { issue: 1 }))?;
    let _ = any.by("bob").caused_by(&cause).commit(&mut log)?;
    commit_all((Login.occurred().caused_by(&cause), Logout.fire().caused_by(&cause)), &mut log)?;
    assert_eq!(log.len(), 5);
    for record in &log {
        assert_eq!(record.caused_by(), Some(cause.id));
        assert_eq!(record.context.get(Record::CAUSED_BY), Some(&cause.id.to_string().into()));
        assert_eq!(record.context.get(Scope::REQUEST_ID), Some(&"r-1".into()));
        assert_eq!(record.context.get("ip"), None, "the rest of the context is not shared");
    }
    assert_eq!(cause.caused_by(), None);
    Ok(())
}

#[test]
fn refusal_names_its_cause() -> Tested {
    let mut log = Both::default();
    let step = ReportMachine::create(Report::titled("")).commit(&mut log)?.submit("bob".to_owned(), None);
    let _ = step.caused_by(&cause()).commit(&mut log).expect_err("it has no title");
    assert!(log.refusals[0].caused_by().is_some());
    Ok(())
}

#[test]
fn chain_of_causes_is_read_back_from_a_durable_file() -> Tested {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    let mut seen = Vec::new();
    let request = Scope::new().by("ann").request_id(4711);
    Login
        .occurred()
        .commit(sink::adapt(&log).scoped(&request).observed_by(|record: &Record| seen.push(record.clone())))?;
    let first = seen.remove(0);
    Logout
        .occurred()
        .caused_by(&first)
        .commit(sink::adapt(&log).observed_by(|record: &Record| seen.push(record.clone())))?;
    // A worker has another scope, but the request id of the cause is kept.
    Login.occurred().caused_by(&seen[0]).commit(sink::adapt(&log).scoped(&Scope::new()))?;
    drop(log);
    let records = JsonLines::read(&path)?.collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<_> = records.iter().map(|record| record.id).collect();
    let causes: Vec<_> = records.iter().map(Record::caused_by).collect();
    assert_eq!(causes, [None, Some(ids[0]), Some(ids[1])]);
    assert!(records.iter().all(|record| record.context.get(Scope::REQUEST_ID) == Some(&4711.into())));
    Ok(())
}

#[test]
fn last_cause_holds_and_a_request_id_that_the_step_has_stays() -> Tested {
    let (one, mut other) = (cause(), cause());
    other.context.insert(Scope::REQUEST_ID, "r-2")?;
    let mut log: Vec<Record> = Vec::new();
    let id = Scope::REQUEST_ID;
    Login.occurred().caused_by(&one).caused_by(&other).commit(&mut log)?;
    Login.occurred().with(id, "mine").caused_by(&one).commit(&mut log)?;
    Login.occurred().caused_by(&one).with(id, "mine").commit(&mut log)?;
    let found: Vec<_> = log.iter().map(|record| (record.caused_by(), record.context.get(id))).collect();
    let mine = Some(&"mine".into());
    assert_eq!(found, [(Some(other.id), Some(&"r-1".into())), (Some(one.id), mine), (Some(one.id), mine)]);
    Ok(())
}

#[test]
fn cause_without_request_id_leaves_it_to_the_sink() -> Tested {
    let (bare, mut redacted) = (in_review().1.remove(0), cause());
    redacted.context.insert(Scope::REQUEST_ID, REDACTED)?;
    let mut log: Vec<Record> = Vec::new();
    let request = Scope::new().request_id("r-9");
    for cause in [&bare, &redacted] {
        Login.occurred().caused_by(cause).commit(sink::adapt(&mut log).scoped(&request))?;
    }
    for (record, cause) in log.iter().zip([bare.id, redacted.id]) {
        assert_eq!((record.caused_by(), record.context.get(Scope::REQUEST_ID)), (Some(cause), Some(&"r-9".into())));
    }
    Ok(())
}

#[test]
fn context_that_names_no_record_has_no_cause() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    Login.occurred().with(Record::CAUSED_BY, "the weather").commit(&mut log)?;
    Login.occurred().with(Record::CAUSED_BY, 7).commit(&mut log)?;
    Login.occurred().caused_by(&cause()).commit(sink::adapt(&mut log).redact([Record::CAUSED_BY]))?;
    assert!(log.iter().all(|record| record.caused_by().is_none()));
    Ok(())
}
