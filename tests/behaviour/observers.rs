//! Observers are notified in order, after the sink has accepted, and affect neither the transition nor each other.

use std::future::{Future, pending, ready};
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use tollgate::observer::{AsyncObserver, AsyncObservers, Failures, Fault, Observer, ObserverError, Observers};
use tollgate::{Record, sink};

use crate::Tested;
use crate::report::{AnyReport, Report, draft, in_review};

/// The shared log of several observers.
#[derive(Debug, Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn write(&self, line: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.into());
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An observer that writes this line.
    fn writer(&self, line: &'static str) -> impl Observer + Send + 'static {
        let diary = self.clone();
        move |_: &Record| diary.write(line)
    }

    /// An observer that writes it later.
    fn slow_writer(&self, line: &'static str) -> impl AsyncObserver + 'static {
        let diary = self.clone();
        move |_: &Record| {
            let diary = diary.clone();
            async move {
                tokio::task::yield_now().await;
                diary.write(line);
            }
        }
    }
}

fn counts<'a>(failures: impl Iterator<Item = &'a Failures>) -> Vec<(&'a str, u64, u64)> {
    failures.map(|of| (of.observer.as_str(), of.errors, of.panics)).collect()
}

fn some_record() -> Record {
    draft().1.remove(0)
}

#[test]
fn the_first_are_told_before_and_the_last_after_those_that_did_not_ask() -> Tested {
    let diary = Diary::default();
    let mut observed = sink::adapt(Vec::new())
        .observed_by(diary.writer("a"))
        .observed_by(diary.writer("last a").last())
        .observed_by(diary.writer("first a").first())
        .observed_by(diary.writer("b").named("bee"))
        .observed_by(diary.writer("last b").last().named("the very last"))
        .observed_by(diary.writer("first b").named("early").first());
    let _ = draft().0.archive().commit(&mut observed)?;
    assert_eq!(diary.lines(), ["first a", "first b", "a", "b", "last a", "last b"]);
    Ok(())
}

#[tokio::test]
async fn those_that_wait_and_those_that_do_not_share_one_order() -> Tested {
    let diary = Diary::default();
    let mut observers = AsyncObservers::new();
    observers.add_async(diary.slow_writer("slow a"));
    observers.add(diary.writer("b"));
    observers.add_async(diary.slow_writer("slow last").last());
    observers.add(diary.writer("c"));
    observers.add_async(diary.slow_writer("slow first").first());
    observers.notify(&some_record()).await;
    assert_eq!(diary.lines(), ["slow first", "slow a", "b", "c", "slow last"]);
    Ok(())
}

#[test]
fn a_thousand_observers_are_told_each_once() -> Tested {
    let told = Mutex::new(Vec::new());
    let mut observers = Observers::new();
    for number in 0..1000 {
        let told = &told;
        observers.add(move |_: &Record| told.lock().unwrap_or_else(PoisonError::into_inner).push(number));
    }
    observers.notify(&some_record());
    drop(observers);
    assert_eq!(told.into_inner()?, (0..1000).collect::<Vec<_>>());
    Ok(())
}

/// An observer that panics or fails on demand.
fn failing(record: &Record) -> io::Result<()> {
    match record.reason.as_deref() {
        Some("panic") => panic!("it was asked to panic"),
        Some("error") => Err(io::Error::other("it was asked to fail")),
        _ => Ok(()),
    }
}

#[test]
fn an_error_and_a_panic_are_reported_with_name_and_record_and_reach_nobody_else() -> Tested {
    let mut reported = Vec::new();
    let mut told = 0;
    let mut log: Vec<Record> = Vec::new();
    let mut observed = sink::adapt(&mut log)
        .observed_by(failing)
        .observed_by(|_: &Record| told += 1)
        .on_failure(|failure| reported.push((failure.record.id, failure.to_string())));
    let mut report = in_review().0;
    for reason in ["fine", "error", "panic", "fine again"] {
        report = report.comment().because(reason).commit(&mut observed)?;
    }
    assert_eq!(counts(observed.failures())[0], ("failing", 1, 1));
    drop(observed);
    assert_eq!((report.version(), log.len(), told), (6, 4, 4));
    let expected =
        [(1, "failed: it was asked to fail"), (2, "panicked: it was asked to panic")].map(|(position, how)| {
            let id = log[position].id;
            (id, format!("observer `failing` {how}, on record {id}"))
        });
    assert_eq!(reported, expected);
    Ok(())
}

/// An observer that waits, and fails at the given point.
struct Troubled(&'static str);

impl AsyncObserver for Troubled {
    fn observe(&mut self, _: &Record) -> impl Future<Output = Result<(), ObserverError>> + Send {
        assert!(self.0 != "call", "when it is called");
        let trouble = self.0;
        async move {
            assert!(trouble != "first poll", "in the first poll");
            let _guard = PanicsWhenDropped(trouble == "end");
            tokio::task::yield_now().await;
            assert!(trouble != "later poll", "in a later poll");
            if trouble == "error" { Err("an error".into()) } else { Ok(()) }
        }
    }
}

struct PanicsWhenDropped(bool);

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        assert!(!self.0, "when it is dropped");
    }
}

#[tokio::test]
async fn one_that_waits_can_fail_at_any_time_and_harms_nobody() -> Tested {
    for (trouble, errors, panics, how) in [
        ("call", 0, 1, "panicked: when it is called"),
        ("first poll", 0, 1, "panicked: in the first poll"),
        ("later poll", 0, 1, "panicked: in a later poll"),
        ("end", 0, 1, "panicked: when it is dropped"),
        ("error", 1, 0, "failed: an error"),
    ] {
        let diary = Diary::default();
        let mut observed = sink::adapt(Vec::new())
            .observed_by_async(Troubled(trouble))
            .observed_by_async(diary.slow_writer("told"))
            .on_failure(|failure| diary.write(format!("{} {}", failure.observer, failure.fault)));
        let report = draft().0.archive().commit_async(&mut observed).await?;
        assert_eq!(report.version(), 2);
        assert_eq!(counts(observed.failures())[0], ("Troubled", errors, panics), "{trouble}");
        assert_eq!(diary.lines(), [format!("Troubled {how}").as_str(), "told"]);
        assert_eq!(observed.into_parts().0.len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_panic_that_panics_again_when_it_is_dropped_goes_no_further() -> Tested {
    fn dire(_: &Record) {
        std::panic::panic_any(PanicsWhenDropped(true));
    }
    let diary = Diary::default();
    let mut observed = sink::adapt(Vec::new())
        .observed_by(dire)
        .observed_by(diary.writer("told"))
        .on_failure(|failure| diary.write(failure.fault.to_string()));
    let _ = draft().0.archive().commit(&mut observed)?;
    let mut observers = AsyncObservers::new();
    observers.add_async(|_: &Record| async { dire(&some_record()) });
    observers.add(diary.writer("told"));
    observers.notify(&some_record()).await;
    assert_eq!(diary.lines(), ["panicked: a value that is not a text", "told", "told"]);
    assert_eq!(observers.failures().map(Failures::total).collect::<Vec<_>>(), [1, 0]);
    Ok(())
}

/// An error that panics when it is formatted, and again when it is dropped.
#[derive(Debug)]
struct DireError;

impl std::fmt::Display for DireError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("it is not to be shown")
    }
}

impl std::error::Error for DireError {}

impl Drop for DireError {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "it is not to be dropped");
    }
}

#[test]
fn a_report_that_panics_goes_no_further_and_the_failure_is_counted() -> Tested {
    let mut told = 0;
    let mut reported = 0;
    let mut observed = sink::adapt(Vec::new())
        .observed_by((|_: &Record| Err::<(), _>(DireError)).named("dire"))
        .observed_by(|_: &Record| told += 1)
        .on_failure(|failure| {
            reported += 1;
            assert!(failure.to_string().is_empty(), "not reached");
        });
    let report = draft().0.archive().commit(&mut observed)?;
    assert_eq!((report.version(), counts(observed.failures())[0]), (2, ("dire", 1, 0)));
    drop(observed);
    assert_eq!((told, reported), (1, 1));

    let mut observers = Observers::new();
    observers.add(|_: &Record| Err::<(), _>(DireError));
    observers.notify(&some_record());
    assert_eq!(observers.failures().map(Failures::total).sum::<u64>(), 1, "an error nobody wants is dropped");
    Ok(())
}

#[test]
fn a_report_says_which_of_several_it_was() {
    #[derive(Clone)]
    struct Metrics;
    impl Observer for Metrics {
        fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
            Ok(())
        }
    }
    let mut observers = Observers::new();
    observers.add(Metrics);
    observers.add(Metrics);
    observers.add(failing);
    observers.add(|_: &Record| ());
    observers.add((|_: &Record| ()).named("alert"));
    observers.add(Metrics.first());
    observers.add(Box::new(|_: &Record| ()) as Box<dyn FnMut(&Record) + Send>);
    let place = "closure in behaviour::observers::a_report_says_which_of_several_it_was";
    let names: Vec<_> = observers.failures().map(|of| of.observer.as_str()).collect();
    assert_eq!(names, ["Metrics #3", "Metrics", "Metrics #2", "failing", place, "alert", "closure"]);
    assert!(format!("{observers:?}").contains("Metrics #2"), "{observers:?}");
}

#[test]
fn when_an_observer_is_told_the_sink_holds_the_record() -> Tested {
    let held = Mutex::new(Vec::new());
    let shared = Mutex::new(Vec::<Record>::new());
    let sink = tollgate::sink::from_fn(|record: &Record| {
        shared.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
        Ok::<(), io::Error>(())
    });
    let mut observed = sink::adapt(sink).observed_by(|record: &Record| {
        let is_there = shared.lock().unwrap_or_else(PoisonError::into_inner).last() == Some(record);
        held.lock().unwrap_or_else(PoisonError::into_inner).push(is_there);
    });
    let mut report = in_review().0;
    for _ in 0..5 {
        report = report.comment().because("x").commit(&mut observed)?;
    }
    drop(observed);
    assert_eq!(held.into_inner()?, [true; 5]);
    Ok(())
}

/// An observer that writes after a delay, and returns after another.
#[derive(Clone, Default)]
struct Slow(Arc<Mutex<Vec<Record>>>);

impl tollgate::AsyncSink for Slow {
    type Error = io::Error;

    async fn on_success(&mut self, record: &Record) -> io::Result<()> {
        tokio::task::yield_now().await;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
        tokio::task::yield_now().await;
        Ok(())
    }
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn where_the_future_is_dropped_in_an_observer_the_record_stands_and_those_after_are_not_told() -> Tested {
    let (report, trail) = draft();
    let subject = Report::clone(&report);
    let slow = Slow(Arc::new(Mutex::new(trail)));
    let diary = Diary::default();
    let mut observed = sink::adapt(slow.clone())
        .observed_by(diary.writer("before"))
        .observed_by_async(|_: &Record| pending::<()>())
        .observed_by(diary.writer("after"));
    {
        let mut future = pin!(report.archive().commit_async(&mut observed));
        for _ in 0..10 {
            assert!(poll(future.as_mut()).is_pending());
        }
    }
    assert_eq!(diary.lines(), ["before"]);
    assert!(observed.failures().all(|of| of.total() == 0), "to be given up is not to fail");
    let log = slow.0.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(AnyReport::replay(subject, &*log)?.state().name, "Archived");
    Ok(())
}

#[test]
fn a_list_can_be_shared_by_several_sinks() -> Tested {
    let diary = Diary::default();
    let mut observers = Observers::new();
    observers.add(diary.writer("heard"));
    observers.add(failing);
    let _ = draft().0.archive().commit(sink::adapt(Vec::new()).observed_by(observers.by_ref()))?;
    let _ = in_review().0.comment().because("error").commit(sink::adapt(Vec::new()).observed_by(observers.by_ref()))?;
    assert_eq!(diary.lines(), ["heard", "heard"]);
    assert_eq!(observers.failures().map(|of| of.errors).collect::<Vec<_>>(), [0, 1]);
    Ok(())
}

#[tokio::test]
async fn a_closure_that_gives_a_future_is_an_observer_that_waits() -> Tested {
    let mut count = 0;
    let mut observed = sink::adapt(Slow::default()).observed_by_async(
        (|_: &Record| {
            count += 1;
            ready(if count == 2 { Err(io::Error::other("the second")) } else { Ok(()) })
        })
        .named("counter"),
    );
    let mut report = in_review().0;
    for _ in 0..3 {
        report = report.comment().because("x").commit_async(&mut observed).await?;
    }
    assert_eq!(counts(observed.failures()), [("counter", 1, 0)]);
    drop(observed);
    assert_eq!(count, 3);
    Ok(())
}

#[test]
fn a_fault_tells_an_error_from_a_panic() {
    let mut faults = Vec::new();
    let mut observers = Observers::new();
    observers.add(|_: &Record| Err::<(), _>(io::Error::from(io::ErrorKind::BrokenPipe)));
    observers.add(|record: &Record| assert!(record.reason.is_some(), "{} of them", 2));
    observers.on_failure(|failure| {
        faults.push(match &failure.fault {
            Fault::Error(error) => error.downcast_ref::<io::Error>().map(|error| error.kind().to_string()),
            Fault::Panic(message) => Some(message.clone()),
            _ => None,
        });
    });
    observers.notify(&some_record());
    drop(observers);
    assert_eq!(faults, [Some("broken pipe".to_owned()), Some("2 of them".to_owned())]);
}
