//! A clock in front of a sink: the present of each commit that states no time.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tollgate::chrono::{DateTime, TimeDelta, Utc};
use tollgate::{Cause, Event, NoAudit, Record, commit_all, commit_all_async, events, sink};

use crate::Tested;
use crate::faulty::{Both, Refusing};
use crate::report::{AnyReport, Report, ReportMachine, ReportState, ReportTransition, draft};

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_366_400, 0).expect("noon of 1 March 2026")
}

fn hours(count: i64) -> TimeDelta {
    TimeDelta::hours(count)
}

#[test]
fn clock_gives_the_time_of_records_refusals_and_events() -> Tested {
    let mut log = Both::default();
    let mut sink = sink::adapt(&mut log).clock(noon);
    let report = ReportMachine::create(Report::titled("")).commit(&mut sink)?;
    let refused = report.submit("bob".to_owned(), None).commit(&mut sink).expect_err("it has no title");
    let report = AnyReport::from(refused.into_step().into_machine());
    events::Login.occurred().by("ann").about(&report).commit(&mut sink)?;
    events::Login.occurred().by("ann").commit(&mut sink)?;
    report.fire(ReportTransition::Archive)?.commit(&mut sink)?;
    assert_eq!((log.successes.len(), log.refusals.len()), (4, 1));
    assert!(log.successes.iter().chain(&log.refusals).all(|record| record.at == noon()));
    Ok(())
}

#[test]
fn clock_that_moves_is_read_at_each_commit() -> Tested {
    let now = Cell::new(noon());
    let mut log: Vec<Record> = Vec::new();
    let report = ReportMachine::create(Report::titled("Water")).commit(sink::adapt(&mut log).clock(|| now.get()))?;
    now.set(noon() + hours(1));
    let report = report.submit("bob".to_owned(), None).commit(sink::adapt(&mut log).clock(|| now.get()))?;
    now.set(noon() - hours(1));
    let report = report.comment().because("good").commit(sink::adapt(&mut log).clock(|| now.get()))?;
    events::Login.occurred().by("ann").about(&report).commit(sink::adapt(&mut log).clock(|| now.get()))?;
    let times: Vec<_> = log.iter().map(|record| (record.at - noon()).num_hours()).collect();
    assert_eq!(times, [0, 1, 1, 1], "a record is not before the subject's last one");
    Ok(())
}

#[test]
fn refused_step_takes_the_clock_of_its_next_commit() -> Tested {
    let mut log = Both::default();
    let report = ReportMachine::create(Report::titled("Water")).at(noon()).commit(&mut log)?;
    let step = AnyReport::from(report).fire(ReportTransition::Submit { reviewer: "bob".to_owned(), deadline: None })?;
    let report = step.commit(&mut log)?.last_recorded_at(noon());
    let step = report.fire(ReportTransition::Reject)?;
    let refused = step.commit(sink::adapt(&mut log).clock(noon)).expect_err("nobody acts");
    assert!(matches!(refused.cause(), Cause::Requirement(_)));
    let earlier = Utc::now();
    let refused = refused.into_step().commit(&mut log).expect_err("nobody acts");
    assert!(log.refusals[1].at >= earlier, "a sink without a clock takes that of the system");
    drop(refused);
    Ok(())
}

#[test]
fn step_that_a_sink_refused_keeps_the_time_of_its_record() -> Tested {
    let (report, _) = draft();
    let mut down = Refusing::default();
    let later = Utc::now() + hours(1);
    let refused = report.archive().commit(sink::adapt(&mut down).clock(|| later)).expect_err("it is down");
    let mut log: Vec<Record> = Vec::new();
    refused.into_step().commit(sink::adapt(&mut log).clock(|| later + hours(1)))?;
    assert_eq!((log[0].at, log[0].id), (later, down.offered[0].id));
    Ok(())
}

#[test]
fn time_of_the_step_precedes_the_clock_and_an_outer_clock_an_inner_one() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let mut sink = sink::adapt(&mut log).clock(noon).by("ann").clock(|| noon() + hours(1));
    let report = ReportMachine::create(Report::titled("Water")).commit(&mut sink)?;
    report.archive().at(noon() + hours(5)).commit(&mut sink)?;
    drop(sink);
    assert_eq!((log[0].at, log[1].at), (noon() + hours(1), noon() + hours(5)));
    assert_eq!(log[0].actor, Some("ann".into()));
    // A clock that a step does not need is not checked.
    let far = DateTime::<Utc>::MAX_UTC;
    ReportMachine::create(Report::titled("Water")).at(noon()).commit(sink::adapt(&mut log).clock(|| far))?;
    let step = ReportMachine::create(Report::titled("Water"));
    let refused = step.commit(sink::adapt(&mut log).clock(|| far)).expect_err("no record holds that year");
    assert!(matches!(refused.cause(), Cause::Data(_)), "{refused}");
    assert_eq!(log.len(), 3);
    Ok(())
}

#[test]
fn each_step_of_a_batch_reads_the_clock() -> Tested {
    let seconds = Cell::new(0);
    let ticking = || {
        seconds.set(seconds.get() + 1);
        noon() + TimeDelta::seconds(seconds.get())
    };
    let mut log: Vec<Record> = Vec::new();
    let steps = (ReportMachine::create(Report::titled("Water")), events::Login.occurred().by("ann"));
    let (report, _) = commit_all(steps, sink::adapt(&mut log).clock(ticking))?;
    commit_all(vec![report.archive()], sink::adapt(&mut log).clock(ticking))?;
    let times: Vec<_> = log.iter().map(|record| (record.at - noon()).num_seconds()).collect();
    assert_eq!(times, [1, 2, 3]);
    Ok(())
}

#[tokio::test]
async fn clock_of_a_sink_that_waits_gives_the_time() -> Tested {
    let hour = Arc::new(AtomicI64::new(0));
    let now = Arc::clone(&hour);
    let mut log: Vec<Record> = Vec::new();
    let mut sink = sink::adapt(&mut log).clock(move || noon() + hours(now.load(Ordering::Relaxed)));
    let report = ReportMachine::create(Report::titled("Water")).commit_async(&mut sink).await?;
    hour.store(2, Ordering::Relaxed);
    let report = commit_all_async(report.archive(), &mut sink).await?;
    drop(sink);
    assert_eq!((report.version(), log[0].at, log[1].at), (2, noon(), noon() + hours(2)));
    Ok(())
}

#[test]
fn commit_without_a_record_takes_the_time_of_the_clock() -> Tested {
    let later = Utc::now() + hours(1);
    let report = ReportMachine::create(Report::titled("Water")).commit(sink::adapt(NoAudit).clock(|| later))?;
    let mut log: Vec<Record> = Vec::new();
    report.archive().commit(&mut log)?;
    assert_eq!(log[0].at, later);
    assert_eq!(AnyReport::resume(Report::titled(""), ReportState::Draft, 1).version(), 1);
    Ok(())
}
