//! The hub: the records that each subscriber receives, and that one subscriber does not affect another.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use plugin::{CommentOnTable, Heard};
use tollgate::events::{CreateTable, Login, Logout};
use tollgate::observer::Failures;
use tollgate::{Event, Hub, JsonLines, Observer, Record, StateMachine, sink};

use crate::Tested;
use crate::door::{DoorMachine, DoorState};
use crate::events::trees;
use crate::faulty::Refusing;
use crate::report::{Publication, Report, ReportMachine, ReportState, draft, in_review};

/// The notifications of all subscribers, in order.
#[derive(Default)]
pub(crate) struct Told(Mutex<Vec<String>>);

impl Told {
    pub(crate) fn say(&self, what: impl Into<String>) {
        self.0.lock().expect("nobody panics with it").push(what.into());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("nobody panics with it"))
    }
}

/// The record of a login.
pub(crate) fn login() -> Record {
    let mut log: Vec<Record> = Vec::new();
    let Ok(_) = Login.occurred().by("ann").commit(&mut log) else { panic!("a vector accepts everything") };
    log.remove(0)
}

/// `name: errors, panics` for each subscriber that has failed.
pub(crate) fn failed<'a>(failures: impl Iterator<Item = &'a Failures>) -> Vec<String> {
    let failed = failures.filter(|of| of.total() > 0);
    failed.map(|of| format!("{}: {}, {}", of.observer, of.errors, of.panics)).collect()
}

#[test]
fn a_subscriber_hears_of_its_type_alone_with_the_event_as_it_was() -> Tested {
    let mut heard = Vec::new();
    let mut hub = Hub::new();
    hub.register::<Login>()?;
    hub.on::<CreateTable>(|event, record| heard.push((event, record.clone())))?;
    let mut log: Vec<Record> = Vec::new();
    let mut observed = sink::adapt(&mut log).observed_by(hub);
    Login.occurred().commit(&mut observed)?;
    trees().occurred().by("ann").commit(&mut observed)?;
    drop(observed);
    assert_eq!(heard, [(trees(), log[1].clone())]);
    Ok(())
}

#[test]
fn a_borrowed_hub_is_there_again_afterwards() -> Tested {
    let told = AtomicUsize::new(0);
    let mut hub = Hub::new();
    hub.on::<Login>(|_, _| {
        told.fetch_add(1, Ordering::Relaxed);
    })?;
    for _ in 0..2 {
        Login.occurred().commit(sink::adapt(Vec::new()).observed_by(hub.by_ref()))?;
    }
    hub.notify(&login())?;
    drop(hub);
    assert_eq!(told.into_inner(), 3);
    Ok(())
}

#[test]
fn changes_of_one_machine_are_heard_with_its_creations_and_without_its_events() -> Tested {
    let mut heard = Vec::new();
    let mut hub = Hub::new();
    hub.register::<Login>()?;
    hub.on_transition::<DoorState>(|record: &Record| heard.push(record.transition.clone()))?;
    let mut sink = sink::adapt(Vec::new()).observed_by(hub);
    let door = DoorMachine::create("front").commit(&mut sink)?;
    let _ = ReportMachine::create(Report::titled("Water")).commit(&mut sink)?;
    Login.occurred().about(&door).commit(&mut sink)?;
    let _ = door.open().commit(&mut sink)?;
    drop(sink);
    assert_eq!(heard, [Some("create".into()), Some("open".into())]);
    Ok(())
}

#[test]
fn one_edge_is_heard_and_no_other_of_the_same_name_or_the_same_ends() -> Tested {
    #[derive(StateMachine)]
    #[transition(next, from = Red, to = Green)]
    #[transition(next, from = Green, to = Red)]
    #[transition(force, from = Red, to = Green)]
    #[transition(check, from = Red, to = _)]
    enum LightState {
        #[state(initial)]
        Red,
        Green,
    }

    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_edge::<LightState>("next", "Red", "Green", |_: &Record| told.say("green"))?;
    hub.on_edge::<LightState>("check", "Red", "Red", |_: &Record| told.say("checked"))?;
    let mut sink = sink::adapt(Vec::new()).observed_by(hub);
    let light = LightMachine::create("north").commit(&mut sink)?;
    let light = light.force().commit(&mut sink)?.next().commit(&mut sink)?;
    assert_eq!(told.take(), [""; 0]);
    let light = light.next().commit(&mut sink)?;
    assert_eq!(told.take(), ["green"]);
    let _ = light.next().commit(&mut sink)?.check().commit(&mut sink)?;
    drop(sink);
    assert_eq!(told.take(), ["checked"]);
    Ok(())
}

#[test]
fn an_event_is_not_a_transition_even_if_it_says_so() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_transition::<ReportState>(|_: &Record| told.say("transition"))?;
    hub.on::<Login>(|_, _| told.say("login"))?;
    let mut event = login();
    event.machine = Some("Report".into());
    hub.notify(&event)?;
    assert_eq!(told.take(), ["login"]);
    let (_, mut log) = in_review();
    log[1].event = Some("login".into());
    hub.notify(&log[1])?;
    assert_eq!(told.take(), ["transition"]);
    Ok(())
}

#[test]
fn refusals_are_not_told_where_they_are_made_and_are_no_transitions_where_they_are_read() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_transition::<ReportState>(|_: &Record| told.say("transition"))?;
    hub.on_any(|record: &Record| told.say(format!("{:?}", record.kind)));
    let (report, _) = in_review();
    let mut file = JsonLines::new(Vec::new());
    let refused =
        report.approve(Publication { issue: 1 }).by("ann").commit(sink::adapt(&mut file).observed_by(hub.by_ref()));
    let refused = refused.expect_err("she wrote it").into_step();
    let refused = refused.by("bob").commit(sink::adapt(Refusing::default()).observed_by(hub.by_ref()));
    assert!(refused.is_err() && told.take().is_empty());
    for record in JsonLines::read_from(&file.into_inner()?[..]) {
        hub.notify(&record?)?;
    }
    assert_eq!(told.take(), ["Refusal"]);
    Ok(())
}

#[test]
fn changes_of_a_machine_that_nobody_registered_are_not_kept_from_those_who_hear_of_all() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_any(|record: &Record| told.say(record.machine.clone().unwrap_or_default()));
    let (_, log) = draft();
    hub.notify(&log[0])?;
    assert_eq!(told.take(), ["Report"]);
    // A machine that is registered later is handled in the same way.
    hub.register_machine::<ReportState>()?;
    hub.notify(&log[0])?;
    assert_eq!(told.take(), ["Report"]);
    Ok(())
}

#[test]
fn properties_that_do_not_fit_are_the_failure_of_those_who_read_them() -> Tested {
    let told = Told::default();
    let mut reported = Vec::new();
    let mut hub = Hub::new();
    hub.on::<CreateTable>(|_, _| told.say("typed"))?.named("schema watch");
    hub.on_any(|_: &Record| told.say("any"));
    let line = r#"{"v":1,"id":"01970000-0000-7000-8000-000000000000","at":"2026-05-01T09:30:00.000000000Z",
        "kind":"event","event":"create-table","properties":{"database":"town","table":7}}"#;
    hub.on_failure(|failure| reported.push(failure.to_string()));
    hub.notify(&serde_json::from_str(line)?)?;
    assert_eq!(told.take(), ["any"]);
    assert_eq!(failed(hub.failures()), ["schema watch: 1, 0"]);
    drop(hub);
    assert_eq!(
        reported,
        ["observer `schema watch` failed: the properties of `create-table` in record \
          01970000-0000-7000-8000-000000000000 do not fit: invalid type: integer `7`, expected a string, on record \
          01970000-0000-7000-8000-000000000000"]
    );
    Ok(())
}

#[test]
fn records_that_were_read_are_told_as_those_that_were_committed() -> Tested {
    let mut file = JsonLines::new(Vec::new());
    trees().occurred().by("ann").commit(&mut file)?;
    let mut heard = Vec::new();
    let mut hub = Hub::new();
    hub.on::<CreateTable>(|event, record| heard.push((event, record.actor.clone())))?;
    for record in JsonLines::read_from(&file.into_inner()?[..]) {
        hub.notify(&record?)?;
    }
    drop(hub);
    assert_eq!(heard, [(trees(), Some("ann".into()))]);
    Ok(())
}

#[test]
fn places_hold_across_all_sorts_of_subscribers() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_any(|_: &Record| told.say("any, registered first"));
    hub.on::<Login>(|_, _| told.say("last"))?.last();
    hub.on::<Login>(|_, _| told.say("login, registered second"))?.named("second");
    hub.on::<Logout>(|_, _| told.say("logout"))?.first();
    hub.on_any((|_: &Record| told.say("any, by its own wish first")).first());
    hub.on::<Login>(|_, _| told.say("login, first"))?.named("early").first();
    hub.on_any(|_: &Record| told.say("any, moved about")).last().first().named("moved").last();
    hub.on_any(|_: &Record| told.say("any, registered third"));
    hub.notify(&login())?;
    assert_eq!(
        told.take(),
        [
            "any, by its own wish first",
            "login, first",
            "any, registered first",
            "login, registered second",
            "any, registered third",
            "last",
            "any, moved about"
        ]
    );
    let named: Vec<_> =
        hub.failures().map(|of| of.observer.as_str()).filter(|name| !name.contains("closure")).collect();
    assert_eq!(named, ["on logout", "early", "second", "on login", "moved"]);
    Ok(())
}

#[test]
fn a_subscriber_that_fails_or_panics_is_counted_under_its_name_and_stops_nobody() -> Tested {
    let told = Told::default();
    let mut reported = Vec::new();
    let mut hub = Hub::new();
    hub.on_failure(|failure| reported.push(failure.to_string()));
    hub.on::<Login>(|_, _| Err("the disk is full"))?.named("archive");
    hub.on::<Login>(|_, record| assert!(record.actor.is_none(), "the alert panics"))?;
    hub.on_any(|_: &Record| told.say("any"));
    let mut sink = sink::adapt(Vec::new()).observed_by(hub.by_ref());
    Login.occurred().by("ann").commit(&mut sink)?;
    Login.occurred().commit(&mut sink)?;
    assert_eq!(failed(sink.failures()), [""; 0], "the hub itself has not failed");
    drop(sink);
    assert_eq!(told.take(), ["any", "any"]);
    assert_eq!(failed(hub.failures()), ["archive: 2, 0", "on login: 0, 1"]);
    drop(hub);
    assert!(reported[0].starts_with("observer `archive` failed: the disk is full, on record"), "{reported:?}");
    assert!(reported[1].starts_with("observer `on login` panicked: the alert panics, on record"), "{reported:?}");
    Ok(())
}

#[test]
fn a_plugin_that_knows_tollgate_alone_installs_itself() -> Tested {
    let (heard, told) = (Heard::default(), Told::default());
    let mut hub = Hub::new();
    hub.register::<Login>()?;
    plugin::install(&mut hub, &heard)?;
    hub.on::<CommentOnTable>(|comment, record| {
        told.say(format!("{} {:?} {}", comment.table, comment.text, record.actor.is_some()));
    })?;
    let mut sink = sink::adapt(Vec::new()).observed_by(hub.by_ref());
    plugin::comment("town", "trees", "tall").by(plugin::actor()).commit(&mut sink)?;
    plugin::comment("town", "", "which").by("ann").commit(&mut sink)?;
    Login.occurred().commit(&mut sink)?;
    drop(sink);
    assert_eq!(told.take(), [r#"trees "" true"#, r#" "" true"#], "what is redacted is in no record");
    assert_eq!(failed(hub.failures()), ["comments: 1, 0"]);
    assert_eq!(heard.counts(), (1, 1));
    Ok(())
}
