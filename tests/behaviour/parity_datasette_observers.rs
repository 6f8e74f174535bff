//! Features that the author of a Datasette plugin has today: the lines of the parity list that observers and buffers
//! provide, a test each. Event types, their registration and their typed listeners are the hub's.

use std::future::ready;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tollgate::observer::{AsyncObserver, AsyncObservers, Background, Buffer, Failures, Observer, Observers, WhenFull};
use tollgate::{Cause, Record, Sink, sink};

use crate::Tested;
use crate::faulty::Refusing;
use crate::report::{draft, in_review};

/// The shared log of the listeners of a test.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn push(&self, line: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A listener that writes its name and the reason of each record.
    fn by(&self, name: &'static str) -> impl Observer + Send + 'static {
        let heard = self.clone();
        (move |record: &Record| heard.push(format!("{name}: {}", record.reason.as_deref().unwrap_or_default())))
            .named(name)
    }
}

/// Comments with these reasons, in one write.
fn comment(reasons: &[&str], mut sink: impl Sink<Error: std::error::Error + 'static>) -> Tested {
    let mut report = in_review().0;
    for reason in reasons {
        report = report.comment().because(*reason).commit(&mut sink)?;
    }
    Ok(())
}

#[test]
fn behaviour_02_one_call_emits_and_every_listener_gets_it() -> Tested {
    let heard = Heard::default();
    let log = sink::adapt(Vec::new())
        .observed_by(heard.by("usage"))
        .observed_by(heard.by("audit"))
        .observed_by(heard.by("alert"));
    comment(&["x"], log)?;
    assert_eq!(heard.take(), ["usage: x", "audit: x", "alert: x"]);
    Ok(())
}

#[tokio::test]
async fn behaviour_04_listeners_may_be_sync_or_async_and_async_ones_are_awaited() -> Tested {
    let heard = Heard::default();
    let slow = heard.clone();
    let mut log = sink::adapt(Vec::new()).observed_by(heard.by("sync")).observed_by_async(move |_: &Record| {
        let slow = slow.clone();
        async move {
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            slow.push("async".to_owned());
        }
    });
    let _ = in_review().0.comment().because("x").commit_async(&mut log).await?;
    assert_eq!(heard.take(), ["sync: x", "async"], "when the commit is done, so are its listeners");
    Ok(())
}

#[test]
fn behaviour_05_those_of_a_write_are_told_after_it_committed_in_order_and_not_if_it_failed() -> Tested {
    let heard = Heard::default();
    let mut plugins = Observers::new();
    plugins.add(heard.by("plugin"));

    let mut buffer = Buffer::new();
    comment(&["before"], sink::adapt(Vec::new()).observed_by(buffer.by_ref()))?;
    let mut body = buffer.savepoint();
    comment(&["body 1", "body 2"], sink::adapt(Vec::new()).observed_by(body.by_ref()))?;
    body.keep();
    let mut failed = buffer.savepoint();
    comment(&["failed"], sink::adapt(Vec::new()).observed_by(failed.by_ref()))?;
    drop(failed);
    comment(&["after"], sink::adapt(Vec::new()).observed_by(buffer.by_ref()))?;
    assert!(heard.take().is_empty(), "the write is not committed yet");
    buffer.deliver(&mut plugins);
    assert_eq!(heard.take(), ["plugin: before", "plugin: body 1", "plugin: body 2", "plugin: after"]);

    let mut buffer = Buffer::new();
    comment(&["never"], sink::adapt(Vec::new()).observed_by(buffer.by_ref()))?;
    drop(buffer);
    assert!(heard.take().is_empty(), "the write failed");
    Ok(())
}

#[test]
fn behaviour_07_listeners_can_ask_for_a_place_in_the_order() -> Tested {
    let heard = Heard::default();
    let log = sink::adapt(Vec::new())
        .observed_by(heard.by("last").last())
        .observed_by(heard.by("second"))
        .observed_by(heard.by("first").first())
        .observed_by(heard.by("third"));
    comment(&["x"], log)?;
    assert_eq!(heard.take(), ["first: x", "second: x", "third: x", "last: x"]);
    Ok(())
}

#[tokio::test]
async fn better_1_a_listener_that_fails_or_panics_stops_no_later_one_and_is_counted_and_reported_by_name() -> Tested {
    fn fails(_: &Record) -> io::Result<()> {
        Err(io::Error::other("no network"))
    }
    fn panics(_: &Record) {
        panic!("no memory");
    }
    let heard = Heard::default();
    let mut log = sink::adapt(Vec::new())
        .observed_by(fails)
        .observed_by(panics)
        .observed_by(heard.by("later"))
        .on_failure(|failure| heard.push(format!("{} {}", failure.observer, failure.fault)));
    comment(&["x"], &mut log)?;
    let told = ["fails failed: no network", "panics panicked: no memory", "later: x"];
    assert_eq!(heard.take(), told);
    assert_eq!(log.failures().map(Failures::total).collect::<Vec<_>>(), [1, 1, 0]);

    let mut plugins = AsyncObservers::new();
    plugins.add_async((|record: &Record| ready(fails(record))).named("fails"));
    plugins.add_async(
        (|record: &Record| {
            panics(record);
            ready(())
        })
        .named("panics"),
    );
    plugins.add(heard.by("later"));
    plugins.on_failure(|failure| heard.push(format!("{} {}", failure.observer, failure.fault)));
    let (_, records) = draft();
    plugins.notify(&records[0]).await;
    assert_eq!(heard.take(), ["fails failed: no network", "panics panicked: no memory", "later: "]);
    Ok(())
}

#[test]
fn better_3_a_sink_decides_and_an_observer_is_told() -> Tested {
    fn fails(_: &Record) -> Result<(), &'static str> {
        Err("the disk is full")
    }
    let refused = draft().0.archive().commit(sink::from_fn(fails)).expect_err("a sink that fails refuses");
    assert!(matches!(refused.cause(), Cause::Sink("the disk is full")));
    let archived = refused.into_step().commit(sink::adapt(Vec::new()).observed_by(fails))?;
    assert_eq!(archived.version(), 2, "an observer that fails does not");

    // A best-effort queue has a limit, and reports the dropped records; a sink cannot drop any.
    let best_effort = Background::bounded(1, WhenFull::DropAndCount).spawn(|_: &Record| ())?;
    let heard = Heard::default();
    let log = sink::adapt(Refusing::default()).observed_by(best_effort.clone()).observed_by(heard.by("plugin"));
    assert!(comment(&["x"], log).is_err());
    let closed = best_effort.close(std::time::Duration::MAX);
    assert_eq!((closed.delivered, closed.dropped, heard.take().len()), (0, 0, 0), "what was refused is not told");
    Ok(())
}
