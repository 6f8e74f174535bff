//! Features that the author of a Datasette plugin has today and a hub provides: a test for each line of the parity list that
//! is about listening. The features that events alone provide are in `parity_datasette_events`.

use std::sync::{Arc, Mutex};

use plugin::{CommentOnTable, Heard};
use serde::{Deserialize, Serialize};
use tollgate::events::{CreateTable, DropTable, InsertRows};
use tollgate::observer::Observers;
use tollgate::{AsyncHub, Event, Hub, Observer, Record, sink};

use crate::Tested;
use crate::events::trees;
use crate::faulty::Refusing;
use crate::hub::failed;

fn rows(num_rows: u64) -> InsertRows {
    InsertRows { database: "town".into(), table: "trees".into(), num_rows, ignore: false, replace: false }
}

fn dropped() -> DropTable {
    DropTable { database: "town".into(), table: "trees".into() }
}

#[test]
fn behaviour_02_one_commit_reaches_every_listener_of_the_type_and_every_listener_of_all() -> Tested {
    let told = Mutex::new(Vec::new());
    let say = |what: &'static str| told.lock().expect("nobody panics with it").push(what);
    let mut hub = Hub::new();
    hub.on::<CreateTable>(|_, _| say("one"))?;
    hub.on::<CreateTable>(|_, _| say("two"))?;
    hub.on::<DropTable>(|_, _| say("dropped"))?;
    hub.on_any(|_: &Record| say("any"));
    let mut sink = sink::adapt(Vec::new()).observed_by(hub.by_ref());
    trees().occurred().commit(&mut sink)?;
    drop(sink);
    drop(hub);
    assert_eq!(told.into_inner()?, ["one", "two", "any"]);
    Ok(())
}

#[test]
fn behaviour_03_an_unregistered_type_is_refused_before_anything_is_delivered() -> Tested {
    let mut told = 0;
    let mut hub = Hub::new();
    hub.on::<CreateTable>(|_, _| ())?;
    hub.on_any(|_: &Record| told += 1).first();
    let mut log: Vec<Record> = Vec::new();
    dropped().occurred().commit(&mut log)?;
    let refusal = hub.notify(&log[0]).expect_err("it is not registered");
    assert_eq!((refusal.event.as_str(), &refusal.known[..]), ("drop-table", &["create-table"][..]));
    drop(hub);
    assert_eq!(told, 0);
    Ok(())
}

#[tokio::test]
async fn behaviour_04_listeners_are_sync_or_async_and_async_ones_are_awaited() -> Tested {
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let mut hub = AsyncHub::default();
    for turn in 0..2 {
        let waiting = Arc::clone(&told);
        hub.on_async::<CreateTable>(move |event, _| {
            let told = Arc::clone(&waiting);
            async move {
                tokio::task::yield_now().await;
                told.lock().expect("nobody panics with it").push(format!("{turn}: {}, awaited", event.table));
            }
        })?;
        let at_once = Arc::clone(&told);
        hub.on::<CreateTable>(move |_, _| at_once.lock().expect("nobody panics").push(format!("{turn}: at once")))?;
    }
    let log: Vec<Record> = Vec::new();
    trees().occurred().commit_async(sink::adapt(log).observed_by_async(hub)).await?;
    let told = told.lock().expect("nobody panics with it");
    assert_eq!(*told, ["0: trees, awaited", "0: at once", "1: trees, awaited", "1: at once"]);
    Ok(())
}

/// A hub receives the records of a write after it, in order, or not at all.
#[test]
fn behaviour_05_events_of_a_write_are_told_after_it_in_order_or_not_at_all() -> Tested {
    let mut told = Vec::new();
    let mut hub = Hub::new();
    for register in [Hub::register::<CreateTable>, Hub::register::<InsertRows>, Hub::register::<DropTable>] {
        register(&mut hub)?;
    }
    hub.on_any(|record: &Record| told.push(record.event.clone().unwrap_or_default()));
    let mut written: Vec<Record> = Vec::new();
    trees().occurred().commit(&mut written)?;
    rows(3).occurred().commit(&mut written)?;
    dropped().occurred().commit(&mut written)?;
    for record in &written {
        hub.notify(record)?;
    }
    assert!(rows(1).occurred().commit(sink::adapt(Refusing::default()).observed_by(hub.by_ref())).is_err());
    drop(hub);
    assert_eq!(told, ["create-table", "insert-rows", "drop-table"]);
    Ok(())
}

#[test]
fn behaviour_06_a_plugin_brings_types_of_its_own_and_listens_to_those_of_others() -> Tested {
    let heard = Heard::default();
    let mut hub = Hub::new();
    hub.register::<CreateTable>()?;
    plugin::install(&mut hub, &heard)?;
    let mut sink = sink::adapt(Vec::new()).observed_by(hub.by_ref());
    plugin::comment("town", "trees", "tall").by(plugin::actor()).commit(&mut sink)?;
    trees().occurred().commit(&mut sink)?;
    drop(sink);
    assert_eq!(heard.counts(), (1, 1));
    let catalog = hub.catalog();
    let names: Vec<_> = catalog.events.iter().map(|event| event.name).collect();
    assert_eq!(names, ["comment-on-table", "comments/clear", "create-table"]);
    Ok(())
}

#[test]
fn behaviour_07_listeners_ask_for_a_place() -> Tested {
    let told = Mutex::new(Vec::new());
    let say = |what: &'static str| told.lock().expect("nobody panics with it").push(what);
    let mut hub = Hub::new();
    hub.on::<CreateTable>(|_, _| say("last"))?.last();
    hub.on_any(|_: &Record| say("as registered"));
    hub.on::<CreateTable>(|_, _| say("first"))?.first();
    let mut sink = sink::adapt(Vec::new()).observed_by(hub.by_ref());
    trees().occurred().commit(&mut sink)?;
    drop(sink);
    drop(hub);
    assert_eq!(told.into_inner()?, ["first", "as registered", "last"]);
    Ok(())
}

#[test]
fn better_1_a_listener_that_fails_or_panics_stops_nobody_and_is_reported_with_its_name() -> Tested {
    let (mut reported, mut told) = (Vec::new(), 0);
    let mut hub = Hub::new();
    hub.on_failure(|failure| reported.push((failure.observer.to_owned(), failure.record.event.clone())));
    hub.on::<InsertRows>(|rows, _| if rows.num_rows > 0 { Err("the quota is used up") } else { Ok(()) })?
        .named("quota");
    hub.on::<InsertRows>(|rows, _| assert!(rows.num_rows == 0, "it cannot count"))?.named("statistics");
    hub.on_any(|_: &Record| told += 1);
    let mut log: Vec<Record> = Vec::new();
    let event = rows(3).occurred().commit(sink::adapt(&mut log).observed_by(hub.by_ref()))?;
    assert_eq!((event, log.len()), (rows(3), 1), "the commit has not noticed");
    assert_eq!(failed(hub.failures()), ["quota: 1, 0", "statistics: 0, 1"]);
    drop(hub);
    let event = || Some("insert-rows".into());
    assert_eq!(reported, [("quota".to_owned(), event()), ("statistics".to_owned(), event())]);
    assert_eq!(told, 1);
    Ok(())
}

#[test]
fn better_2_what_one_listener_does_to_its_event_no_other_sees_and_a_name_is_one_types() -> Tested {
    #[derive(Debug, Event, Serialize, Deserialize)]
    #[event(name = "create-table")]
    struct Impostor {
        database: String,
    }

    let mut seen = Vec::new();
    let mut hub = Hub::new();
    hub.on::<CreateTable>(|mut event, _| event.table.push('!'))?;
    hub.on::<CreateTable>(|event, _| seen.push(event))?;
    let error = hub.on::<Impostor>(|event, _| drop(event.database)).expect_err("the name is taken").to_string();
    assert!(error.contains("`tollgate::events::CreateTable`") && error.contains("::Impostor`"), "{error}");
    trees().occurred().commit(sink::adapt(Vec::new()).observed_by(hub))?;
    assert_eq!(seen, [trees()]);
    Ok(())
}

/// A sink accepts or refuses a record; observers cannot. A program that confuses them does not compile:
/// ui/illegal/hub-in-place-of-a-sink.
#[test]
fn better_3_a_sink_decides_and_listeners_are_told() -> Tested {
    let mut told = 0;
    let mut hub = Hub::new();
    hub.on::<CommentOnTable>(|_, _| ())?;
    hub.on_any(|_: &Record| told += 1);
    let mut observers = Observers::new();
    observers.add(hub);
    let step = plugin::comment("town", "trees", "tall").by("ann");
    let mut sink = sink::adapt(Refusing::default()).observed_by(|record: &Record| observers.notify(record));
    let refused = step.commit(&mut sink).expect_err("the sink refuses");
    drop(sink);
    refused.into_step().commit(sink::adapt(Vec::new()).observed_by(|record: &Record| observers.notify(record)))?;
    drop(observers);
    assert_eq!(told, 1);
    Ok(())
}
