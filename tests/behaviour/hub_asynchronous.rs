//! The asynchronous hub: it behaves like the other, and awaits one subscriber after the other.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use plugin::Heard;
use tollgate::events::{CreateTable, Login, Logout};
use tollgate::observer::{AsyncObserver, ObserverError};
use tollgate::{AsyncHub, AsyncSink, Event, Hub, Record, sink};

use crate::Tested;
use crate::events::trees;
use crate::hub::{failed, login};
use crate::report::{Report, ReportMachine, ReportState};

type Told = Arc<Mutex<Vec<String>>>;

fn say(told: &Told, what: impl Into<String>) {
    told.lock().expect("nobody panics with it").push(what.into());
}

fn take(told: &Told) -> Vec<String> {
    std::mem::take(&mut *told.lock().expect("nobody panics with it"))
}

/// Yields, so that another subscriber could overtake this one.
async fn wait() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

/// An observer that waits before it reports its record.
struct Slow(&'static str, Told);

impl AsyncObserver for Slow {
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        wait().await;
        say(&self.1, format!("{}: {}", self.0, record.event.as_ref().or(record.transition.as_ref()).ok_or("neither")?));
        Ok(())
    }
}

/// A sink that waits, too.
#[derive(Default)]
struct Remote(Vec<Record>);

impl AsyncSink for Remote {
    type Error = std::convert::Infallible;

    async fn on_success(&mut self, record: &Record) -> Result<(), Self::Error> {
        wait().await;
        self.0.push(record.clone());
        Ok(())
    }
}

#[tokio::test]
async fn subscribers_are_awaited_in_their_order_among_those_that_do_not_wait() -> Tested {
    let told = Told::default();
    let mut hub = AsyncHub::default();
    hub.on_any_async(Slow("any", Arc::clone(&told)));
    hub.on::<Login>(|_, _| say(&told, "at once"))?;
    hub.on_async::<Login>(|_, record| {
        let told = &told;
        async move {
            wait().await;
            say(told, format!("waited, with {}", record.actor.map(|actor| actor.to_string()).unwrap_or_default()));
        }
    })?;
    hub.on_async::<Login>(|_, _| async { say(&told, "first") })?.first();
    hub.on_any(|_: &Record| say(&told, "last")).last();
    let mut sink = sink::adapt(Remote::default()).observed_by_async(hub);
    Login.occurred().by("ann").commit_async(&mut sink).await?;
    drop(sink);
    assert_eq!(take(&told), ["first", "any: login", "at once", "waited, with ann", "last"]);
    Ok(())
}

#[tokio::test]
async fn machines_and_edges_are_heard_by_those_who_wait() -> Tested {
    let told = Told::default();
    let mut hub = AsyncHub::default();
    hub.on_edge_async::<ReportState>("submit", "Draft", "Review", Slow("edge", Arc::clone(&told)))?;
    hub.on_transition_async::<ReportState>(Slow("machine", Arc::clone(&told)))?.named("machine").first();
    hub.on_edge::<ReportState>("reject", "Review", "Draft", |_: &Record| say(&told, "rejected"))?;
    let error = hub.on_edge_async::<ReportState>("submit", "Review", "Draft", Slow("none", Arc::clone(&told)));
    assert!(error.is_err());
    let mut sink = sink::adapt(Remote::default()).observed_by_async(hub);
    let report = ReportMachine::create(Report::titled("Water")).commit_async(&mut sink).await?;
    let report = report.submit("bob".to_owned(), None).commit_async(&mut sink).await?;
    let _ = report.reject().by("bob").because("no sources").commit_async(&mut sink).await?;
    drop(sink);
    assert_eq!(take(&told), ["machine: create", "machine: submit", "edge: submit", "machine: reject", "rejected"]);
    Ok(())
}

#[tokio::test]
async fn an_unregistered_event_is_refused_before_anybody_is_told() -> Tested {
    let told = Told::default();
    let mut hub = AsyncHub::default();
    hub.on_any_async(Slow("any", Arc::clone(&told)));
    hub.register::<Logout>()?;
    let refusal = hub.notify(&login()).await.expect_err("it is not registered");
    assert_eq!((refusal.event.as_str(), &refusal.known[..]), ("login", &["logout"][..]));
    assert!(take(&told).is_empty());
    Ok(())
}

#[tokio::test]
async fn one_that_fails_or_panics_before_or_after_it_waits_stops_nobody() -> Tested {
    let told = Told::default();
    let mut hub = AsyncHub::default();
    hub.on_async::<CreateTable>(|event, _| async move {
        wait().await;
        Err(format!("no room for {}", event.table))
    })?
    .named("copy");
    hub.on_async::<CreateTable>(|event, _| async move {
        wait().await;
        assert!(event.table.is_empty(), "after it has waited");
    })?
    .named("late");
    hub.on_async::<CreateTable>(|event, _| {
        assert!(event.table.is_empty(), "before there is a future");
        async {}
    })?
    .named("early");
    hub.on_any_async(Slow("any", Arc::clone(&told)));
    let mut sink = sink::adapt(Remote::default()).observed_by_async(hub);
    trees().occurred().commit_async(&mut sink).await?;
    let (Remote(log), observers) = sink.into_parts();
    assert_eq!((log.len(), failed(observers.failures())), (1, vec![]));
    assert_eq!(take(&told), ["any: create-table"]);

    let mut hub = AsyncHub::default();
    hub.on_async::<Login>(|_, _| async { Err("it is down") })?.named("mail");
    hub.notify(&log[0]).await.expect_err("it is not registered");
    hub.notify(&login()).await?;
    assert_eq!(failed(hub.failures()), ["mail: 1, 0", "Hub: 1, 0"]);
    Ok(())
}

#[tokio::test]
async fn a_hub_becomes_one_whose_subscribers_wait_with_all_that_it_knows() -> Tested {
    let heard = Heard::default();
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on::<Login>(|_, _| Err("the disk is full"))?.named("archive");
    plugin::install(&mut hub, &heard)?;
    hub.notify(&login())?;

    let mut hub = AsyncHub::from(hub);
    hub.on_any_async(Slow("any", Arc::clone(&told)));
    let mut log: Vec<Record> = Vec::new();
    plugin::comment("town", "trees", "tall").by("ann").commit(&mut log)?;
    hub.notify(&log[0]).await?;
    hub.notify(&login()).await?;
    assert_eq!(take(&told), ["any: comment-on-table", "any: login"]);
    assert_eq!(heard.counts(), (1, 2));
    assert_eq!(failed(hub.failures()), ["archive: 2, 0"], "what was counted before is counted");
    assert_eq!(hub.catalog().events.len(), 3);
    Ok(())
}

/// The future of a commit can be sent to another thread, whatever its subscribers are.
#[tokio::test]
async fn a_commit_that_is_observed_by_a_hub_can_be_spawned() -> Tested {
    let told = Told::default();
    let mut hub = AsyncHub::default();
    hub.register::<Login>()?;
    hub.on_any_async(Slow("any", Arc::clone(&told)));
    let commit = async move {
        let mut sink = sink::adapt(Remote::default()).observed_by_async(hub);
        Login.occurred().commit_async(&mut sink).await.is_ok()
    };
    assert!(tokio::spawn(commit).await?);
    assert_eq!(take(&told), ["any: login"]);
    Ok(())
}
