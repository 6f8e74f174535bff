//! An event that is not registered in a hub: it is counted and reported once, with the remedy.

use std::sync::{Arc, Mutex};

use tollgate::events::{Login, Logout};
use tollgate::hub::Unregistered;
use tollgate::observer::{Buffer, Fault};
use tollgate::{AsyncHub, Event, Hub, Observer, Record, sink};

use crate::Tested;
use crate::hub::{failed, login};
use crate::report::draft;

type Reports = Arc<Mutex<Vec<String>>>;

fn reported(reports: &Reports) -> Vec<String> {
    std::mem::take(&mut *reports.lock().expect("no panic holds it"))
}

/// A hub that knows `logout`, and reports its failures.
fn reporting(reports: &Reports) -> Result<Hub<'static>, tollgate::hub::RegistrationError> {
    let reports = Arc::clone(reports);
    let mut hub = Hub::new();
    hub.on::<Logout>(|_, _| ())?;
    hub.on_failure(move |failure| reports.lock().expect("no panic holds it").push(failure.to_string()));
    Ok(hub)
}

fn expected(record: &Record) -> String {
    format!(
        "observer `Hub` failed: the event `login` is not registered in the hub; \
         registered: `logout`; call `register` or `on` with its type, on record {}",
        record.id
    )
}

#[test]
fn commit_of_unregistered_event_is_reported_by_the_hub_and_not_again_by_the_adapter() -> Tested {
    let reports = Reports::default();
    let mut hub = reporting(&reports)?;
    let mut outer = Vec::new();
    let mut log: Vec<Record> = Vec::new();
    let mut sink = sink::adapt(&mut log)
        .observed_by(hub.by_ref())
        .observed_by((|_: &Record| Err("the disk is full")).named("other"))
        .on_failure(|failure| outer.push(failure.observer.to_owned()));
    Login.occurred().commit(&mut sink)?;
    assert_eq!(failed(sink.failures()), ["Hub: 1, 0", "other: 1, 0"], "both count it");
    drop(sink);
    assert_eq!(outer, ["other"]);
    assert_eq!(reported(&reports), [expected(&log[0])]);
    assert_eq!(failed(hub.failures()), ["Hub: 1, 0"]);
    Ok(())
}

#[test]
fn commit_of_unregistered_event_is_reported_by_the_adapter_if_the_hub_has_no_report() -> Tested {
    let mut outer = Vec::new();
    let mut hub = Hub::new();
    hub.register::<Logout>()?;
    let mut log: Vec<Record> = Vec::new();
    Login.occurred().commit(
        sink::adapt(&mut log).observed_by(hub.by_ref()).on_failure(|failure| outer.push(failure.to_string())),
    )?;
    assert_eq!(outer, [expected(&log[0])]);
    assert_eq!(failed(hub.failures()), ["Hub: 1, 0"]);
    Ok(())
}

#[test]
fn notify_of_unregistered_event_is_counted_each_time() -> Tested {
    let reports = Reports::default();
    let mut hub = reporting(&reports)?;
    assert_eq!(hub.failures().count(), 1, "the hub is listed once it has failed");
    let (first, second) = (login(), login());
    for record in [&first, &second] {
        assert!(hub.notify(record).is_err());
    }
    assert_eq!(reported(&reports), [expected(&first), expected(&second)]);
    assert_eq!(failed(hub.failures()), ["Hub: 2, 0"]);
    Ok(())
}

#[test]
fn deliver_of_unregistered_event_returns_the_failure_that_the_hub_has_reported() -> Tested {
    let reports = Reports::default();
    let mut hub = reporting(&reports)?;
    let (first, second) = (login(), login());
    let mut buffer = Buffer::new();
    buffer.observe(&first).map_err(|error| error.to_string())?;
    let mut savepoint = buffer.savepoint();
    savepoint.observe(&second).map_err(|error| error.to_string())?;
    savepoint.keep();
    let failures = buffer.deliver(&mut hub);
    let texts: Vec<_> = failures.iter().map(ToString::to_string).collect();
    assert_eq!(texts, [expected(&first), expected(&second)]);
    assert_eq!(texts, reported(&reports), "each is reported once");
    assert_eq!((failures[0].observer.as_str(), &failures[0].record), ("Hub", &first));
    let Fault::Error(error) = &failures[1].fault else { Err("not an error")? };
    assert!(error.downcast_ref::<Unregistered>().is_some_and(|unregistered| unregistered.record == second.id));
    Ok(())
}

#[tokio::test]
async fn deliver_async_of_unregistered_event_returns_the_failure_that_the_hub_has_reported() -> Tested {
    let reports = Reports::default();
    let mut hub = AsyncHub::from(reporting(&reports)?);
    let record = login();
    let mut buffer = Buffer::new();
    buffer.observe(&record).map_err(|error| error.to_string())?;
    let failures = buffer.deliver_async(&mut hub).await;
    assert_eq!(failures.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected(&record)]);
    assert_eq!(reported(&reports), [expected(&record)]);
    assert_eq!(failed(hub.failures()), ["Hub: 1, 0"]);
    Ok(())
}

#[tokio::test]
async fn commit_async_of_unregistered_event_is_reported_once() -> Tested {
    let reports = Reports::default();
    let hub = AsyncHub::from(reporting(&reports)?);
    let mut outer = 0;
    let mut log: Vec<Record> = Vec::new();
    let sink = sink::adapt(&mut log).observed_by_async(hub).on_failure(|_| outer += 1);
    Login.occurred().commit_async(sink).await?;
    assert_eq!((reported(&reports), outer), (vec![expected(&log[0])], 0));
    Ok(())
}

#[test]
fn observe_of_unregistered_event_on_shared_hub_is_reported_once() -> Tested {
    let reports = Reports::default();
    let shared = reporting(&reports)?.shared();
    let mut outer = 0;
    let mut log: Vec<Record> = Vec::new();
    let sink = sink::adapt(&mut log).observed_by(shared.clone()).on_failure(|_| outer += 1);
    Login.occurred().commit(sink)?;
    assert_eq!((reported(&reports), outer), (vec![expected(&log[0])], 0));
    assert_eq!(failed(shared.failures()?.iter()), ["Hub: 1, 0"]);
    Ok(())
}

#[test]
fn notify_of_a_machine_that_is_not_registered_is_no_failure() -> Tested {
    let reports = Reports::default();
    let mut hub = reporting(&reports)?;
    let received = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&received);
    hub.on_any(move |_: &Record| *counter.lock().expect("no panic holds it") += 1);
    let (_, log) = draft();
    let mut buffer = Buffer::new();
    buffer.observe(&log[0]).map_err(|error| error.to_string())?;
    assert!(buffer.deliver(&mut hub).is_empty() && reported(&reports).is_empty());
    assert_eq!((failed(hub.failures()), *received.lock().expect("no panic holds it")), (vec![], 1));
    Ok(())
}

#[test]
fn hub_inside_a_hub_has_a_number_in_the_failures() -> Tested {
    let mut hub = Hub::new();
    hub.register::<Login>()?;
    hub.on_any(Hub::new());
    hub.on_any(Hub::new());
    hub.on_any(|_: &Record| Err("503")).named("Hub");
    let _ = hub.notify(&login());
    let mut logout: Vec<Record> = Vec::new();
    Logout.occurred().commit(&mut logout)?;
    assert!(hub.notify(&logout[0]).is_err());
    assert_eq!(failed(hub.failures()), ["Hub #2: 1, 0", "Hub #3: 1, 0", "Hub #4: 1, 0", "Hub: 1, 0"]);

    let mut hub = AsyncHub::default();
    hub.on_any(Hub::new());
    hub.on_any_async(AsyncHub::default());
    let names: Vec<_> = hub.failures().map(|failures| failures.observer.as_str()).collect();
    assert_eq!(names, ["Hub #2", "Hub #3"]);
    Ok(())
}
