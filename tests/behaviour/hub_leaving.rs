//! Subscribers that leave a hub: one, a plugin, or a subscriber of one record.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use tollgate::events::{CreateTable, DropTable, Login, Logout};
use tollgate::hub::RegistrationError;
use tollgate::{AsyncHub, Event, Hub, Record, sink};

use crate::Tested;
use crate::hub::{Told, failed, login};
use crate::report::{ReportState, draft, in_review};

fn logout() -> Record {
    let mut log: Vec<Record> = Vec::new();
    let Ok(_) = Logout.occurred().by("ann").commit(&mut log) else { panic!("a vector accepts everything") };
    log.remove(0)
}

fn names<'a>(hub: &'a Hub<'_>) -> Vec<&'a str> {
    hub.failures().map(|of| of.observer.as_str()).collect()
}

#[test]
fn unsubscribe_removes_that_subscriber_alone_and_returns_its_counts() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on::<Login>(|_, _| told.say("stays"))?;
    let failing = hub.on::<Login>(|_, _| Err("the disk is full"))?.named("archive").first().subscription();
    let any = hub.on_any(|_: &Record| told.say("any")).last().subscription();
    let edge = hub.on_edge::<ReportState>("submit", "Draft", "Review", |_: &Record| told.say("edge"))?.subscription();
    hub.notify(&login())?;
    assert_eq!(told.take(), ["stays", "any"]);

    let counts = hub.unsubscribe(failing).ok_or("it is subscribed")?;
    assert_eq!((counts.observer.as_str(), counts.errors), ("archive", 1));
    assert!(hub.unsubscribe(failing).is_none(), "it has left");
    hub.notify(&login())?;
    assert_eq!(told.take(), ["stays", "any"]);

    assert!(hub.unsubscribe(any).is_some());
    hub.notify(&login())?;
    hub.notify(&in_review().1[1])?;
    assert_eq!(told.take(), ["stays", "edge"]);
    assert!(hub.unsubscribe(edge).is_some());
    hub.notify(&in_review().1[1])?;
    assert_eq!((told.take(), names(&hub)), (vec![], vec!["on login"]));
    Ok(())
}

#[test]
fn unsubscribe_in_another_hub_returns_none() -> Tested {
    let (mut one, mut other) = (Hub::new(), Hub::new());
    let subscription = one.on::<Login>(|_, _| ())?.subscription();
    other.on::<Login>(|_, _| ())?;
    assert!(other.unsubscribe(subscription).is_none());
    assert!(AsyncHub::from(one).unsubscribe(subscription).is_some(), "a hub that is converted is the same one");
    Ok(())
}

#[test]
fn unsubscribe_of_the_last_subscriber_leaves_the_event_registered() -> Tested {
    let mut hub = Hub::new();
    let subscription = hub.on::<Login>(|_, _| ())?.subscription();
    hub.unsubscribe(subscription);
    hub.notify(&login())?;
    assert_eq!(hub.failures().count(), 0);
    Ok(())
}

#[tokio::test]
async fn unsubscribe_of_asynchronous_subscribers_removes_them() -> Tested {
    let told = Told::default();
    let mut hub = AsyncHub::default();
    let one = hub.on_async::<Login>(|_, _| async { told.say("one") })?.subscription();
    hub.on_any_async(|_: &Record| async { told.say("any") });
    hub.notify(&login()).await?;
    assert!(hub.unsubscribe(one).is_some_and(|counts| counts.observer == "on login"));
    hub.notify(&login()).await?;
    assert_eq!(told.take(), ["one", "any", "any"]);
    Ok(())
}

#[test]
fn failure_of_a_plugin_names_the_plugin_and_the_subscriber() -> Tested {
    let mut reported = Vec::new();
    let mut hub = Hub::new();
    hub.on_failure(|failure| reported.push(failure.observer.to_owned()));
    hub.on::<Login>(|_, _| ())?;
    hub.plugin("metrics", |hub| {
        hub.on::<Login>(|_, _| Err("no server"))?;
        hub.on::<Login>(|_, _| Err("no server"))?;
        hub.on_any(|_: &Record| Err("no server")).named("forward").first();
        Ok(())
    })?;
    hub.on::<Login>(|_, _| Err("no disk"))?;
    hub.notify(&login())?;
    drop(hub);
    assert_eq!(reported, ["metrics: forward", "metrics: on login", "metrics: on login #2", "on login #2"]);
    Ok(())
}

#[test]
fn remove_plugin_removes_its_subscribers_and_frees_its_name() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on::<Login>(|_, _| told.say("host"))?;
    let install = |hub: &mut Hub<'_>| hub.register::<DropTable>();
    hub.plugin("quiet", install)?;
    let inner = hub.plugin("metrics", |hub| {
        hub.on_any(|_: &Record| told.say("any")).first();
        hub.plugin("inner", |hub| Ok(hub.on::<Login>(|_, _| told.say("inner"))?.subscription()))
    })?;
    hub.on::<Login>(|_, _| told.say("later"))?;
    hub.notify(&login())?;
    assert_eq!(told.take(), ["any", "host", "inner", "later"]);

    let error = hub.plugin("metrics", |_| Ok(())).expect_err("it is installed");
    assert!(matches!(&error, RegistrationError::PluginName { name } if name == "metrics"));
    assert_eq!(
        error.to_string(),
        "the plugin `metrics` is already installed; choose another name, or call `remove_plugin` first"
    );
    let counts = hub.remove_plugin("metrics").ok_or("it is installed")?;
    assert_eq!(counts.len(), 1);
    assert!(hub.remove_plugin("metrics").is_none() && hub.remove_plugin("unknown").is_none());
    assert_eq!(hub.remove_plugin("quiet").map(|counts| counts.len()), Some(0));
    hub.notify(&login())?;
    assert_eq!(told.take(), ["host", "inner", "later"], "an inner plugin is one of its own");
    assert!(hub.unsubscribe(inner).is_some());
    hub.plugin("metrics", |hub| hub.on::<Login>(|_, _| told.say("again")).map(drop))?;
    hub.notify(&login())?;
    assert_eq!(told.take(), ["host", "later", "again"]);
    assert_eq!(hub.catalog().plugins, ["inner", "metrics"]);
    Ok(())
}

/// The name of [`Login`], so that both cannot be registered.
#[derive(tollgate::Event, serde::Serialize, serde::Deserialize)]
#[event(name = "login")]
struct SignIn;

#[test]
fn plugin_that_fails_leaves_no_subscriber_type_plugin_or_report() -> Tested {
    let told = Told::default();
    let mut reported = 0;
    let mut hub = Hub::new();
    hub.on_failure(|_| reported += 1);
    hub.on::<Login>(|_, _| Err("no disk"))?;
    let before = (hub.catalog().to_json(), format!("{hub:?}"));
    for how in ["name", "other", "panic"] {
        let attempt = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            hub.plugin("broken", |hub| {
                hub.on_any(|_: &Record| told.say("any")).first();
                hub.on::<CreateTable>(|_, _| told.say("created"))?;
                hub.on_transition::<ReportState>(|_: &Record| told.say("moved"))?;
                hub.plugin("inner", |hub| hub.on::<Login>(|_, _| told.say("inner")).map(drop))?;
                hub.on_failure(|_| told.say("reported"));
                match how {
                    "name" => hub.on::<SignIn>(|_, _| ()).map(drop),
                    "other" => Err(RegistrationError::other("the file is missing")),
                    _ => panic!("the plugin panics"),
                }
            })
        }));
        match (how, attempt) {
            ("name", Ok(Err(RegistrationError::EventName { name: "login", .. }))) | ("panic", Err(_)) => (),
            ("other", Ok(Err(error))) => assert_eq!(error.to_string(), "the file is missing"),
            (how, attempt) => panic!("{how}: {attempt:?}"),
        }
        assert_eq!((hub.catalog().to_json(), format!("{hub:?}")), before, "{how}");
    }
    hub.notify(&login())?;
    hub.notify(&draft().1[0])?;
    assert!(hub.notify(&tables().remove(0)).is_err(), "the type is not registered");
    assert_eq!(told.take(), [""; 0]);
    hub.plugin("broken", |hub| hub.on::<CreateTable>(|_, _| told.say("created")).map(drop))?;
    hub.notify(&tables().remove(0))?;
    assert_eq!(told.take(), ["created"]);
    drop(hub);
    assert_eq!(reported, 2, "the report of the host is back");
    Ok(())
}

fn tables() -> Vec<Record> {
    let mut log: Vec<Record> = Vec::new();
    let event = crate::events::trees();
    let Ok(_) = event.occurred().by("ann").commit(&mut log) else { panic!("a vector accepts everything") };
    log
}

#[test]
fn on_failure_of_a_plugin_ends_with_its_install_and_the_host_has_its_own_again() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_failure(|_| told.say("host"));
    hub.on::<Login>(|_, _| Err("no disk"))?;
    hub.plugin("quiet", |hub| hub.on::<Logout>(|_, _| ()).map(drop))?;
    hub.notify(&login())?;
    hub.plugin("alerts", |hub| {
        hub.on_failure(|_| told.say("plugin"));
        Ok(())
    })?;
    hub.notify(&login())?;
    assert_eq!(told.take(), ["host", "host"]);
    Ok(())
}

#[test]
fn once_leaves_after_the_first_record_that_it_has_handled() -> Tested {
    let told = Told::default();
    let attempts = AtomicUsize::new(0);
    let mut hub = Hub::new();
    hub.on::<Login>(|_, _| told.say("before"))?;
    hub.on_any(|_: &Record| told.say("once")).once().named("once");
    hub.on::<Login>(|_, _| match attempts.fetch_add(1, Ordering::Relaxed) {
        0 => Err("the first attempt"),
        1 => panic!("the second attempt"),
        _ => {
            told.say("third attempt");
            Ok(())
        }
    })?
    .named("retried")
    .once();
    hub.on_edge::<ReportState>("submit", "Draft", "Review", |_: &Record| told.say("submitted"))?.named("edge").once();
    hub.on::<Login>(|_, _| told.say("after"))?;
    hub.notify(&login())?;
    assert_eq!(told.take(), ["before", "once", "after"]);
    assert_eq!(names(&hub), ["on login", "retried", "edge", "on login #2"]);
    hub.notify(&login())?;
    assert_eq!(failed(hub.failures()), ["retried: 1, 1"]);
    hub.notify(&login())?;
    hub.notify(&login())?;
    assert_eq!(told.take(), ["before", "after", "before", "third attempt", "after", "before", "after"]);
    for record in in_review().1.iter().chain(&in_review().1) {
        hub.notify(record)?;
    }
    assert_eq!(told.take(), ["submitted"], "the creation is not a record of the edge");
    assert_eq!(names(&hub), ["on login", "on login #2"]);
    Ok(())
}

#[test]
fn once_in_a_plugin_leaves_the_plugin_installed() -> Tested {
    let mut hub = Hub::new();
    hub.plugin("greeter", |hub| hub.on::<Login>(|_, _| ()).map(|subscribed| subscribed.once().subscription()))?;
    hub.notify(&login())?;
    assert_eq!((hub.catalog().plugins, hub.failures().count()), (vec!["greeter".to_owned()], 0));
    assert_eq!(hub.remove_plugin("greeter").map(|counts| counts.len()), Some(0));
    Ok(())
}

#[tokio::test]
async fn once_of_an_asynchronous_subscriber_leaves_after_the_first_record() -> Tested {
    let told = Told::default();
    let attempts = AtomicUsize::new(0);
    let mut hub = AsyncHub::default();
    hub.on_any_async(|_: &Record| async {
        tokio::task::yield_now().await;
        told.say("any");
    })
    .once();
    hub.on_async::<Login>(|_, _| async {
        tokio::task::yield_now().await;
        if attempts.fetch_add(1, Ordering::Relaxed) == 0 {
            return Err("the first attempt");
        }
        told.say("login");
        Ok(())
    })?
    .once();
    hub.register::<Logout>()?;
    for record in [logout(), login(), login(), login()] {
        hub.notify(&record).await?;
    }
    assert_eq!((told.take(), hub.failures().count()), (vec!["any".to_owned(), "login".to_owned()], 0));
    Ok(())
}

#[test]
fn once_is_not_notified_again_after_the_future_of_a_later_subscriber_was_dropped() -> Tested {
    let told = Told::default();
    let mut hub = AsyncHub::default();
    hub.on::<Login>(|_, _| told.say("once"))?.once();
    hub.on_async::<Login>(|_, _| std::future::pending::<()>())?.named("stuck");
    hub.on_async::<Login>(|_, _| async { told.say("not reached") })?.once();
    for _ in 0..3 {
        let record = login();
        let mut future = pin!(hub.notify(&record));
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(told.take(), ["once"]);
    assert_eq!(hub.catalog().subscriptions.len(), 2, "the subscriber that has handled its record is not listed");
    let stuck = hub.catalog().subscriptions.iter().any(|entry| entry.subscriber == "stuck");
    assert!(stuck);
    Ok(())
}

#[test]
fn future_of_notify_is_ready_without_asynchronous_subscribers() -> Tested {
    let mut hub = AsyncHub::default();
    hub.on::<Login>(|_, _| ())?.once();
    let record = login();
    let mut future = pin!(hub.notify(&record));
    assert!(matches!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(()))));
    Ok(())
}

#[test]
fn subscriber_that_panics_when_it_is_dropped_can_be_removed() -> Tested {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("it panics at its end");
        }
    }
    let mut hub = Hub::new();
    let bomb = Bomb;
    let subscription = hub
        .on::<Login>(move |_, _| {
            let _held = &bomb;
        })?
        .subscription();
    hub.on::<Login>(|_, _| ())?.named("other");
    assert!(hub.unsubscribe(subscription).is_some());
    Login.occurred().commit(sink::adapt(Vec::new()).observed_by(&mut |record: &Record| hub.notify(record)))?;
    assert_eq!(names(&hub), ["other"]);
    Ok(())
}
