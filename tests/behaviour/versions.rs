//! The last version: no record follows it, and the sink is not called.

use tollgate::machine::resume_from;
use tollgate::serde_json::json;
use tollgate::{Cause, Misfit, NoAudit, Record, RecordKind, commit_all};

use crate::Tested;
use crate::faulty::Both;
use crate::report::{AnyReport, Report, ReportMachine, ReportState, ReportTransition, draft, in_review, report_state};

/// A draft whose last record is the last that there can be.
fn last() -> ReportMachine<report_state::Draft> {
    let any = AnyReport::resume(Report::titled("Water"), ReportState::Draft, u64::MAX);
    let AnyReport::Draft(report) = any else { panic!("it is a draft") };
    report
}

#[test]
fn typed_step_after_the_last_version_is_refused_and_recorded_as_refused() -> Tested {
    let mut log = Both::default();
    let refused = last().archive().by("ann").commit(&mut log).expect_err("no version follows");
    assert!(matches!(refused.cause(), Cause::Version { last: u64::MAX }));
    let words = "the subject's last record has version 18446744073709551615, and no version can follow it";
    assert_eq!(refused.to_string(), format!("`archive` of Report 7 from `Draft`: {words}"));
    assert_eq!(refused.to_client().message, words);
    assert_eq!((log.successes.len(), log.refusals.len()), (0, 1));
    let refusal = &log.refusals[0];
    assert_eq!((refusal.kind, refusal.version), (RecordKind::Refusal, None));
    assert_eq!((refusal.refused_by.as_deref(), refusal.refusal.as_deref()), (Some("version"), Some(words)));
    let report = refused.into_machine();
    assert_eq!((report.version(), &*report.title), (u64::MAX, "Water"));
    Ok(())
}

#[test]
fn step_without_an_audit_after_the_last_version_is_refused() {
    let refused = last().archive().commit(NoAudit).expect_err("no version follows");
    assert!(matches!(refused.cause(), Cause::Version { last: u64::MAX }));
}

#[test]
fn fired_step_after_the_last_version_is_refused() -> Tested {
    let mut log = Vec::new();
    let any = AnyReport::resume_named(Report::titled("Water"), "Draft", None, u64::MAX)?;
    let refused = any.fire(ReportTransition::Archive)?.commit(&mut log).expect_err("no version follows");
    assert!(matches!(refused.cause(), Cause::Version { last: u64::MAX }));
    assert!(log.is_empty());
    Ok(())
}

#[test]
fn batch_with_a_step_after_the_last_version_is_refused_whole() {
    let mut log = Both::default();
    let refused = commit_all((draft().0.archive(), last().archive()), &mut log).expect_err("no version follows");
    assert_eq!((refused.position(), refused.code()), (Some(1), "version_exhausted"));
    assert_eq!((log.successes.len(), log.refusals.len()), (0, 1));
    let (first, second) = refused.into_step();
    assert_eq!((first.machine().version(), second.machine().version()), (1, u64::MAX));
}

#[test]
fn step_to_the_last_version_is_accepted_and_the_next_is_refused() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let any = AnyReport::resume(Report::titled("Water"), ReportState::Draft, u64::MAX - 1);
    let submit = ReportTransition::Submit { reviewer: "bob".into(), deadline: None };
    let any = any.fire(submit)?.commit(&mut log)?;
    assert_eq!((log[0].version, any.version()), (Some(u64::MAX), u64::MAX));
    let reject = any.fire(ReportTransition::Reject)?.by("bob").because("no sources");
    assert_eq!(reject.commit(&mut log).expect_err("no version follows").code(), "version_exhausted");

    let resumed = resume_from::<ReportState>(Report::titled("Water"), &log[0], None)?;
    assert_eq!(resumed.version(), u64::MAX);
    let comment = resumed.fire(ReportTransition::Comment)?.because("late");
    assert_eq!(comment.commit(&mut log).expect_err("no version follows").code(), "version_exhausted");
    assert_eq!(log.len(), 1);
    Ok(())
}

#[test]
fn replay_of_the_last_version_without_those_before_is_refused() -> Tested {
    let (_, mut log) = in_review();
    log[1].version = Some(u64::MAX);
    let error = AnyReport::replay(Report::titled("Water"), &log).expect_err("versions are gapless");
    assert!(matches!(error.why, Misfit::Version { expected: 2, found: Some(u64::MAX) }));
    log[0].version = Some(u64::MAX);
    let error = AnyReport::replay(Report::titled("Water"), &log[..1]).expect_err("the first version is 1");
    assert!(matches!(error.why, Misfit::Version { expected: 1, found: Some(u64::MAX) }));
    // The last version can be read and written.
    let line = String::from_utf8(log[1].canonical())?;
    let read: Record = serde_json::from_str(&line)?;
    assert_eq!((read.version, json!(read)["version"].as_u64()), (Some(u64::MAX), Some(u64::MAX)));
    Ok(())
}
