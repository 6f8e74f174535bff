//! Events of `tracing` behind a queue: each belongs to the span of its commit, and reaches the subscriber of that.

use std::future::pending;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tollgate::observer::{
    AsyncObserver, AsyncObservers, Background, Buffer, Observer, ObserverError, Retry, Trace, WhenFull,
};
use tollgate::{AsyncHub, JsonLines, Record, sink};
use tracing::instrument::WithSubscriber;
use tracing::{Dispatch, Instrument, Span, dispatcher, info_span};

use crate::Tested;
use crate::background::{PATIENCE, offer, records};
use crate::report::{Report, ReportMachine, in_review};
use crate::traced::Collector;

/// Commits once in a span of this name, if any, under this subscriber.
fn commit_in(dispatch: &Dispatch, span: Option<&'static str>, background: &Background) -> Tested {
    dispatcher::with_default(dispatch, || {
        let span = match span {
            Some("one") => info_span!("one"),
            Some("two") => info_span!("two"),
            _ => Span::none(),
        };
        let mut log = sink::adapt(Vec::new()).observed_by(background.clone());
        span.in_scope(|| in_review().0.comment().because("x").commit(&mut log).map(drop))?;
        Ok(())
    })
}

fn spans(collector: &Collector) -> Vec<Option<&'static str>> {
    collector.events().iter().map(|event| event.span).collect()
}

#[test]
fn event_of_a_worker_thread_is_in_the_span_and_the_subscriber_of_its_commit() -> Tested {
    let (first, second) = (Collector::default(), Collector::default());
    let background = Background::bounded(8, WhenFull::Wait).spawn(Trace::new())?;
    let [to_first, to_second] = [&first, &second].map(|collector| Dispatch::new(collector.subscriber()));
    for span in [Some("one"), None, Some("two")] {
        commit_in(&to_first, span, &background)?;
    }
    commit_in(&to_second, Some("two"), &background)?;
    commit_in(&Dispatch::none(), Some("one"), &background)?;
    assert_eq!(background.close(PATIENCE).delivered, 5);
    assert_eq!(spans(&first), [Some("one"), None, Some("two")]);
    assert_eq!(spans(&second), [Some("two")]);
    Ok(())
}

/// An observer that waits before it passes the record on.
struct Late(Trace);

impl AsyncObserver for Late {
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        tokio::task::yield_now().await;
        self.0.observe(record)
    }
}

#[tokio::test]
async fn event_of_a_worker_that_is_a_future_is_in_the_span_of_its_commit() -> Tested {
    let collector = Collector::default();
    let dispatch = Dispatch::new(collector.subscriber());
    let mut hub = AsyncHub::default();
    hub.on_any(Trace::new());
    hub.on_any_async(Late(Trace::new()));
    let (background, worker) = Background::bounded(8, WhenFull::Wait).pair(hub);
    // The worker has a span itself, under the same subscriber.
    let span = dispatcher::with_default(&dispatch, || info_span!("worker"));
    let worker = tokio::spawn(worker.instrument(span).with_subscriber(dispatch.clone()));
    for span in [Some("one"), None, Some("two")] {
        commit_in(&dispatch, span, &background)?;
    }
    assert_eq!(background.close_when(pending::<()>()).await.delivered, 3);
    worker.await?;
    assert_eq!(spans(&collector), [Some("one"), Some("one"), None, None, Some("two"), Some("two")]);
    Ok(())
}

#[test]
fn event_of_a_retried_record_is_in_the_span_of_its_commit() -> Tested {
    let collector = Collector::default();
    let dispatch = Dispatch::new(collector.subscriber());
    let mut calls = 0;
    let mut trace = Trace::new();
    let background = Background::bounded(8, WhenFull::Wait)
        .retry(Retry::attempts(3).first_delay(Duration::from_millis(1)))
        .spawn(move |record: &Record| {
            calls += 1;
            trace.observe(record)?;
            if calls < 3 { Err(ObserverError::from("503")) } else { Ok(()) }
        })?;
    commit_in(&dispatch, Some("one"), &background)?;
    commit_in(&dispatch, Some("two"), &background)?;
    assert_eq!(background.close(PATIENCE).failures.total(), 0);
    assert_eq!(spans(&collector), [Some("one"), Some("one"), Some("one"), Some("two")]);
    Ok(())
}

#[test]
fn events_of_a_batch_are_in_no_span_and_reach_the_subscriber_of_its_first_record() -> Tested {
    let collector = Collector::default();
    let dispatch = Dispatch::new(collector.subscriber());
    let (background, worker) = Background::bounded(8, WhenFull::Wait).batches(2).pair({
        let mut observers = AsyncObservers::new();
        observers.add(Trace::new());
        observers
    });
    for span in [Some("one"), Some("two"), Some("one")] {
        commit_in(&dispatch, span, &background)?;
    }
    drop(background);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(worker);
    assert_eq!(spans(&collector), [None, None, Some("one")], "a batch of one record has its span");
    Ok(())
}

#[test]
fn event_behind_a_shared_file_and_a_queue_is_in_the_span_of_its_commit() -> Tested {
    let directory = tempfile::tempdir()?;
    let background = Background::bounded(100, WhenFull::Wait).spawn(Trace::new())?;
    let log = JsonLines::open(directory.path().join("trail.jsonl"))?.observed_by(background.clone());
    let collector = Collector::default();
    let dispatch = Dispatch::new(collector.subscriber());
    thread::scope(|scope| {
        for thread in 0..4 {
            let (dispatch, log) = (&dispatch, &log);
            scope.spawn(move || {
                dispatcher::with_default(dispatch, || {
                    let span = if thread % 2 == 0 { info_span!("even") } else { Span::none() };
                    for turn in 0..20 {
                        let report = Report { id: thread + 4 * turn, ..Report::titled("Water") };
                        span.in_scope(|| ReportMachine::create(report).commit(log).map(drop)).expect("it is open");
                    }
                });
            });
        }
    });
    drop(log);
    assert_eq!(background.close(PATIENCE).delivered, 80);
    let events = collector.events();
    assert_eq!(events.len(), 80);
    for event in events {
        let id = event.fields["subject.id"].as_u64().ok_or("a number")?;
        assert_eq!(event.span, (id % 2 == 0).then_some("even"));
    }
    Ok(())
}

#[test]
fn event_of_an_observer_that_opens_a_span_is_in_that_span() -> Tested {
    let collector = Collector::default();
    let dispatch = Dispatch::new(collector.subscriber());
    let mut trace = Trace::new();
    let background = Background::bounded(8, WhenFull::Wait)
        .spawn(move |record: &Record| info_span!("inner").in_scope(|| trace.observe(record)))?;
    commit_in(&dispatch, Some("one"), &background)?;
    commit_in(&dispatch, None, &background)?;
    assert_eq!(background.close(PATIENCE).delivered, 2);
    assert_eq!(spans(&collector), [Some("inner"), Some("inner")]);
    Ok(())
}

#[test]
fn event_of_a_buffer_is_in_the_span_of_its_delivery() -> Tested {
    let collector = Collector::default();
    let mut buffer = Buffer::new();
    for record in &records(1) {
        buffer.observe(record).map_err(|error| error.to_string())?;
    }
    let dispatch = Dispatch::new(collector.subscriber());
    let delivered = thread::spawn(move || {
        dispatcher::with_default(&dispatch, || info_span!("delivery").in_scope(|| buffer.deliver(&mut Trace::new())))
    });
    drop(delivered.join().map_err(|_| "it panicked")?);
    assert_eq!(spans(&collector), [Some("delivery")]);
    Ok(())
}

#[test]
fn span_of_a_queued_record_is_left_when_the_observer_is_done() -> Tested {
    let (current, currents) = mpsc::channel();
    let background = Background::bounded(8, WhenFull::Wait)
        .on_failure({
            let current = current.clone();
            move |_| {
                let _ = current.send(Span::current().is_none());
            }
        })
        .spawn(move |_: &Record| {
            let _ = current.send(Span::current().is_none());
            Err::<(), _>("it fails")
        })?;
    let collector = Collector::default();
    commit_in(&Dispatch::new(collector.subscriber()), Some("one"), &background)?;
    let _ = background.close(PATIENCE);
    assert_eq!(currents.iter().collect::<Vec<_>>(), [false, true]);
    offer(&Background::bounded(1, WhenFull::Wait).spawn(|_: &Record| ())?, &records(1))?;
    Ok(())
}
