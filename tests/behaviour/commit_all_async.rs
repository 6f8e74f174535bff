//! Several steps as one, into sinks that wait; and sinks that wait on one thread alone.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use tollgate::{Actor, AsyncBatchSink, AsyncSink, Cause, JsonLines, NoAudit, Record, commit_all_async, sink};

use crate::Tested;
use crate::door::{PaymentMachine, PaymentState};
use crate::faulty::Down;
use crate::report::{AnyReport, Report, ReportMachine, ReportTransition, draft, in_review};
use crate::trail::versions;

/// A remote log: it waits before and after it writes, and may be down.
#[derive(Debug, Clone, Default)]
struct Remote {
    log: Arc<Mutex<Vec<Record>>>,
    refusals: Arc<Mutex<Vec<Record>>>,
    is_down: bool,
}

impl Remote {
    fn log(&self) -> Vec<Record> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl AsyncSink for Remote {
    type Error = Down;

    async fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        self.on_success_all(std::slice::from_ref(record)).await
    }

    async fn on_refusal(&mut self, record: &Record) -> Result<(), Down> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
        Ok(())
    }
}

impl AsyncBatchSink for Remote {
    async fn on_success_all(&mut self, records: &[Record]) -> Result<(), Down> {
        tokio::task::yield_now().await;
        if self.is_down {
            return Err(Down);
        }
        self.log.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(records);
        tokio::task::yield_now().await;
        Ok(())
    }
}

/// A log that belongs to one thread, as a connection does that cannot be sent: the call does the work,
/// and the future only has the result.
#[derive(Default)]
struct OfOneThread(Rc<RefCell<Vec<Record>>>);

impl AsyncSink for OfOneThread {
    type Error = Down;

    fn on_success(&mut self, record: &Record) -> impl Future<Output = Result<(), Down>> + Send {
        self.0.borrow_mut().push(record.clone());
        std::future::ready(Ok(()))
    }
}

impl AsyncBatchSink for OfOneThread {
    fn on_success_all(&mut self, records: &[Record]) -> impl Future<Output = Result<(), Down>> + Send {
        self.0.borrow_mut().extend_from_slice(records);
        std::future::ready(Ok(()))
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::test]
async fn steps_of_several_machines_happen_together_or_not_at_all() -> Tested {
    let mut remote = Remote::default();
    let steps = (ReportMachine::create(Report::titled("Water")), PaymentMachine::create(7));
    let (report, payment) = commit_all_async(steps, &mut remote).await?;
    remote.is_down = true;
    let mut submit = report.submit("bob".to_owned(), None).by("ann");
    let id = submit.record_id();
    let refused = commit_all_async((submit, payment.capture(12).by("bob")), &mut remote).await.expect_err("it is down");
    assert!(matches!(refused.cause(), Cause::Sink(Down)));
    assert_eq!(versions(&remote.log()), [1, 1]);
    remote.is_down = false;
    let (report, payment) = commit_all_async(refused.into_step(), &mut remote).await?;
    assert_eq!((report.version(), payment.version()), (2, 2));
    let log = remote.log();
    assert_eq!((versions(&log), log[2].id, &log[2].actor), (vec![1, 1, 2, 2], id, &Some("ann".into())));
    Ok(())
}

#[tokio::test]
async fn a_guard_of_one_stops_all_before_the_sink_is_asked() -> Tested {
    let mut remote = Remote::default();
    let untitled = ReportMachine::create(Report::titled("")).commit(NoAudit)?;
    let steps = (draft().0.archive(), untitled.submit("bob".to_owned(), None));
    let refused = commit_all_async(steps, &mut remote).await.expect_err("it has no title");
    assert_eq!(refused.position(), Some(1));
    assert!(refused.to_string().starts_with("`submit` of Report 7"), "{refused}");
    let told = remote.refusals.lock().unwrap_or_else(PoisonError::into_inner).len();
    assert_eq!((remote.log().len(), told), (0, 1));
    Ok(())
}

#[test]
fn where_the_future_is_dropped_all_of_it_was_written_or_none() -> Tested {
    // It waits once before it writes and once after.
    for (polls, written) in [(0, 0), (1, 0), (2, 2)] {
        let mut remote = Remote::default();
        let steps = [draft().0.archive(), draft().0.archive()];
        {
            let mut future = pin!(commit_all_async(steps, &mut remote));
            for _ in 0..polls {
                assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            }
        }
        assert_eq!(remote.log().len(), written, "after {polls} polls");
    }
    let mut future = pin!(commit_all_async([draft().0.archive()], Remote::default()));
    let mut poll = || future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let polls = [poll().is_ready(), poll().is_ready(), matches!(poll(), Poll::Ready(Ok(_)))];
    assert_eq!(polls, [false, false, true]);
    Ok(())
}

#[tokio::test]
async fn adaptors_fill_in_redact_and_tell_for_each() -> Tested {
    let mut told = 0;
    let remote = Remote::default();
    let mut sink =
        sink::adapt(remote.clone()).redact(["code"]).observed_by(|_: &Record| told += 1).with("code", 4711).by("ann");
    let _ = commit_all_async([in_review().0.comment().because("x"), in_review().0.comment().because("y")], &mut sink)
        .await?;
    drop(sink);
    let log = remote.log();
    assert_eq!((log.len(), told), (2, 2));
    assert!(log.iter().all(|record| record.actor == Some(Actor::user("ann"))));
    assert!(log.iter().all(|record| record.context.get("code") == Some(&"[redacted]".into())));
    Ok(())
}

#[tokio::test]
async fn what_is_a_sink_of_both_kinds_takes_batches_by_either() -> Tested {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("trail.jsonl");
    let file = JsonLines::open(&path)?;
    let mut log: Vec<Record> = Vec::new();
    let mut lines = JsonLines::new(Vec::new());
    let [a, b] = commit_all_async([1, 2].map(PaymentMachine::create), &mut log).await?;
    let [a, b] = commit_all_async([a.capture(1).by("ann"), b.capture(2).by("ann")], &file).await?;
    assert_eq!((a.version(), b.version(), log.len()), (2, 2, 2));
    let _ = commit_all_async([PaymentMachine::create(3)], &mut Box::new(&mut lines)).await?;
    let _ = commit_all_async([PaymentMachine::create(4)], NoAudit).await?;
    let none: [tollgate::AnyStep<PaymentState>; 0] = [];
    let _ = commit_all_async(none, &file).await?;
    assert_eq!(JsonLines::read(&path)?.collect::<Result<Vec<_>, _>>()?.len(), 2);
    assert_eq!(JsonLines::read_from(&lines.into_inner()?[..]).count(), 1);
    Ok(())
}

#[tokio::test(flavor = "current_thread")]
async fn a_sink_that_cannot_be_sent_is_committed_into_from_its_own_thread() -> Tested {
    let log = Rc::default();
    let mut sink = OfOneThread(Rc::clone(&log));
    let report = ReportMachine::create(Report::titled("Water")).commit_async(&mut sink).await?;
    let report = AnyReport::from(report).fire(ReportTransition::Archive)?.commit_async(&mut sink).await?;
    let _ = commit_all_async((PaymentMachine::create(7), PaymentMachine::create(8)), sink).await?;
    assert_eq!((report.version(), versions(&log.borrow())), (2, vec![1, 2, 1, 1]));
    Ok(())
}

#[tokio::test]
async fn a_commit_into_a_sink_that_can_be_sent_can_be_awaited_anywhere() -> Tested {
    let remote = Remote::default();
    let report = is_send(ReportMachine::create(Report::titled("Water")).commit_async(remote.clone())).await?;
    let scoped = sink::adapt(remote.clone()).by("ann").with("ip", "::1");
    let (report,) = is_send(commit_all_async((report.archive(),), scoped)).await?;
    let mut borrowed = remote.clone();
    let payment = is_send(commit_all_async(vec![PaymentMachine::create(7)], &mut borrowed)).await?;
    assert_eq!((report.version(), payment.len(), remote.log().len()), (2, 1, 3));
    Ok(())
}
