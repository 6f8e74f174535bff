//! Asynchronous sinks: the same promises, and the state of the log after a commit is cancelled.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tollgate::observer::Failures;
use tollgate::{Actor, AsyncSink, Cause, JsonLines, NoAudit, Record, sink};

use crate::Tested;
use crate::faulty::{Down, Refusing};
use crate::report::{
    AnyReport, Publication, Report, ReportMachine, ReportState, ReportTransition, draft, in_review, report_state,
};
use crate::trail::{moves, said};

/// A remote log: it waits before and after it writes.
#[derive(Debug, Clone, Default)]
struct Remote {
    log: Arc<Mutex<Vec<Record>>>,
    refusals: Arc<Mutex<Vec<Record>>>,
    /// A sink that writes and then never returns.
    is_mute: bool,
}

impl Remote {
    fn holding(log: Vec<Record>) -> Self {
        Self { log: Arc::new(Mutex::new(log)), ..Self::default() }
    }

    fn log(&self) -> Vec<Record> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl AsyncSink for Remote {
    type Error = Down;

    async fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        tokio::task::yield_now().await;
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
        if self.is_mute {
            std::future::pending::<()>().await;
        }
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        Ok(())
    }

    async fn on_refusal(&mut self, record: &Record) -> Result<(), Down> {
        tokio::task::yield_now().await;
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
        Ok(())
    }
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn a_sink_that_waits_accepts_what_one_that_does_not_would() -> Tested {
    let mut remote = Remote::default();
    let report = ReportMachine::create(Report::titled("Water")).by("ann").commit_async(&mut remote).await?;
    let report = report.submit("bob".to_owned(), None).by("ann").commit_async(&mut remote).await?;
    assert_eq!((report.version(), report.data().reviewer.as_str()), (2, "bob"));
    let (_, log) = in_review();
    assert_eq!(remote.log().iter().map(said).collect::<Vec<_>>(), log.iter().map(said).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test]
async fn a_sink_that_fails_leaves_the_old_state_and_the_step() -> Tested {
    let (report, log) = in_review();
    let mut down = Refusing::default();
    let step = report.reject().by("bob").because("no sources").with("ip", "::1");
    let refused = step.commit_async(&mut down).await.expect_err("it is down");
    assert!(matches!(refused.cause(), Cause::Sink(Down)));
    let mut remote = Remote::holding(log);
    let report = refused.into_step().commit_async(&mut remote).await?;
    assert_eq!(report.version(), 3);
    assert_eq!(remote.log().last(), down.offered.first(), "the second try says what the first said");
    Ok(())
}

#[tokio::test]
async fn guards_permissions_and_requirements_hold_before_anything_is_awaited() -> Tested {
    let mut remote = Remote::default();
    let (report, _) = in_review();
    let step = report.approve(Publication { issue: 1 }).by("ann");
    let refused = step.commit_async(&mut remote).await.expect_err("ann wrote it");
    assert!(matches!(refused.cause(), Cause::Permission { .. }));
    let refused = refused.into_step().by(" ").commit_async(&mut remote).await.expect_err("nobody acts");
    assert!(matches!(refused.cause(), Cause::BlankRequirement(_)));
    let untitled = AnyReport::resume(Report::titled(""), ReportState::Draft, 1);
    let submit = ReportTransition::Submit { reviewer: "bob".to_owned(), deadline: None };
    let refused = untitled.fire(submit)?.commit_async(&mut remote).await.expect_err("it has no title");
    assert!(matches!(refused.cause(), Cause::Guard { .. }));
    assert!(remote.log().is_empty());
    let refusals = remote.refusals.lock().unwrap_or_else(PoisonError::into_inner);
    let told: Vec<_> = refusals.iter().filter_map(|refusal| refusal.refused_by.as_deref()).collect();
    assert_eq!(told, ["Report::is_not_by", "actor", "Report::has_title"]);
    Ok(())
}

#[tokio::test]
async fn adaptors_fill_in_and_observers_are_told() -> Tested {
    let mut told = Vec::new();
    let mut remote = Remote::default();
    let (report, _) = in_review();
    let mut filling = sink::adapt(&mut remote).by("bob").with("ip", "::1").observed_by(|record: &Record| {
        told.push(record.clone());
    });
    let any = AnyReport::from(report).fire(ReportTransition::Comment)?.because("x").commit_async(&mut filling).await?;
    let _ = any.fire(ReportTransition::Approve(Publication { issue: 1 }))?.commit_async(&mut filling).await?;
    assert!(filling.failures().all(|of| of.total() == 0));
    drop(filling);
    let log = remote.log();
    assert_eq!(told, log);
    assert!(log.iter().all(|record| record.actor == Some(Actor::user("bob")) && record.context.len() == 1));
    assert_eq!(moves(&log), ["comment: Review -> Review", "approve: Review -> Published"]);
    Ok(())
}

#[tokio::test]
async fn an_observer_hears_nothing_of_a_failure_and_stops_nothing_by_a_panic() -> Tested {
    let mut told = 0;
    let (report, _) = draft();
    let mut observed = sink::adapt(Refusing::default()).observed_by(|_: &Record| told += 1);
    let refused = report.archive().commit_async(&mut observed).await.expect_err("it is down");
    drop(observed);
    assert_eq!(told, 0);
    let mut observed =
        sink::adapt(Remote::default()).observed_by(|_: &Record| assert!(told > 0, "the observer panics"));
    let report = refused.into_step().commit_async(&mut observed).await?;
    assert_eq!((report.version(), observed.failures().map(Failures::total).sum::<u64>()), (2, 1));
    Ok(())
}

#[tokio::test]
async fn what_is_a_sink_of_both_kinds_says_the_same() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let mut lines = JsonLines::new(Vec::new());
    let report = in_review().0.comment().because("x").commit_async(&mut log).await?;
    let report = report.comment().because("y").commit_async(&mut lines).await?;
    let report = report.comment().because("z").commit_async(&mut Box::new(&mut log)).await?;
    let report = report.comment().because("unsaid").commit_async(NoAudit).await?;
    assert_eq!(report.version(), 6);
    let written = lines.into_inner()?;
    log.extend(JsonLines::read_from(&written[..]).collect::<Result<Vec<_>, _>>()?);
    let reasons: Vec<_> = log.iter().filter_map(|record| record.reason.as_deref()).collect();
    assert_eq!(reasons, ["x", "z", "y"]);
    Ok(())
}

#[test]
fn where_the_future_is_dropped_the_log_says_what_happened() -> Tested {
    // It waits once before it writes and twice after.
    for (polls, is_written) in [(0, false), (1, false), (2, true), (3, true)] {
        let (report, log) = draft();
        let subject = Report::clone(&report);
        let mut remote = Remote::holding(log);
        let mut step = report.archive();
        let id = step.record_id();
        {
            let mut future = pin!(step.commit_async(&mut remote));
            for _ in 0..polls {
                assert!(poll(future.as_mut()).is_pending());
            }
        }
        let log = remote.log();
        assert_eq!(log.iter().any(|record| record.id == id), is_written, "after {polls} polls");
        let any = AnyReport::replay(subject, &log)?;
        assert_eq!(any.state().name, if is_written { "Archived" } else { "Draft" });
    }
    let (report, log) = draft();
    let mut remote = Remote::holding(log);
    let mut future = pin!(report.archive().commit_async(&mut remote));
    let ready = std::iter::repeat_with(|| poll(future.as_mut())).take(4).last();
    assert!(matches!(ready, Some(Poll::Ready(Ok(_)))), "four polls are enough");
    Ok(())
}

#[test]
fn an_observer_is_not_told_where_the_future_is_dropped_before_the_answer() -> Tested {
    let (report, _) = draft();
    let mut told = 0;
    let remote = Remote::default();
    let mut observed = sink::adapt(remote.clone()).observed_by(|_: &Record| told += 1);
    {
        let mut future = pin!(report.archive().commit_async(&mut observed));
        for _ in 0..3 {
            assert!(poll(future.as_mut()).is_pending());
        }
    }
    drop(observed);
    assert_eq!((remote.log().len(), told), (1, 0));
    Ok(())
}

#[tokio::test]
async fn a_caller_that_does_not_wait_can_ask_the_log() -> Tested {
    let (report, log) = draft();
    let subject = Report::clone(&report);
    let mut remote = Remote { is_mute: true, ..Remote::holding(log) };
    let mut step = report.archive().by("ann");
    let id = step.record_id();
    let outcome = tokio::time::timeout(Duration::from_millis(1), step.commit_async(&mut remote)).await;
    assert!(outcome.is_err(), "the sink never answers");
    let log = remote.log();
    let held = log.iter().find(|record| record.id == id).ok_or("it was written")?;
    assert_eq!(held.actor, Some(Actor::user("ann")));
    assert_eq!(AnyReport::replay(subject, &log)?.version(), 2);
    Ok(())
}

#[tokio::test]
async fn a_commit_can_be_awaited_in_another_task() -> Tested {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    async fn archive(
        report: ReportMachine<report_state::Draft>,
        mut remote: Remote,
    ) -> Result<ReportMachine<report_state::Archived>, String> {
        report.archive().commit_async(&mut remote).await.map_err(|refused| refused.to_string())
    }
    let remote = Remote::default();
    let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(is_send(archive(draft().0, remote.clone())))).collect();
    for task in tasks {
        assert_eq!(task.await??.version(), 2);
    }
    assert_eq!(remote.log().len(), 8);
    let fired = AnyReport::from(draft().0).fire(ReportTransition::Archive)?;
    let any = is_send(fired.commit_async(remote.clone())).await?;
    assert_eq!(any.state().name, "Archived");
    let created = is_send(ReportMachine::create(Report::titled("x")).commit_async(remote)).await?;
    assert_eq!(created.version(), 1);
    Ok(())
}
