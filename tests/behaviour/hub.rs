//! The hub: who is told of what, what is refused, and that one subscriber does not harm another.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use plugin::{CommentOnTable, Heard};
use serde::{Deserialize, Serialize};
use tollgate::events::{CreateTable, DropTable, Login, Logout};
use tollgate::hub::{Reentered, RegistrationError, SharedHub, Unregistered};
use tollgate::observer::Failures;
use tollgate::{Event, Hub, JsonLines, Observer, Record, Sink, StateMachine};

use crate::Tested;
use crate::events::trees;
use crate::faulty::Refusing;
use crate::report::{Publication, Report, ReportMachine, ReportState, draft, in_review};

/// What subscribers have heard, in the order in which they did.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Told {
    fn say(&self, what: impl Into<String>) {
        self.0.lock().expect("nobody panics with it").push(what.into());
    }

    fn take(&self) -> Vec<String> {
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
    let mut observed = (&mut log).observed_by(hub);
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
        Login.occurred().commit(Vec::new().observed_by(hub.by_ref()))?;
    }
    hub.tell(&login())?;
    drop(hub);
    assert_eq!(told.into_inner(), 3);
    Ok(())
}

#[test]
fn changes_of_one_machine_are_heard_with_its_creations_and_without_its_events() -> Tested {
    #[derive(StateMachine)]
    #[transition(open, from = Shut, to = Ajar)]
    enum DoorState {
        #[state(initial)]
        Shut,
        #[state(terminal)]
        Ajar,
    }

    let mut heard = Vec::new();
    let mut hub = Hub::new();
    hub.register::<Login>()?;
    hub.on_transition::<DoorState>(|record: &Record| heard.push(record.transition.clone()))?;
    let mut sink = Vec::new().observed_by(hub);
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
    let mut sink = Vec::new().observed_by(hub);
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
fn an_edge_that_is_not_in_the_chart_is_an_error_that_names_those_that_are() {
    let mut hub = Hub::new();
    let mut refusal = |transition: &str, from: &str, to: &str| {
        let error =
            hub.on_edge::<ReportState>(transition, from, to, |_: &Record| ()).expect_err("there is no such edge");
        assert!(matches!(error, RegistrationError::NoEdge { machine: "Report", .. }));
        error.to_string()
    };
    assert_eq!(
        refusal("archive", "Draft", "Published"),
        "Report has no edge `archive` from `Draft` to `Published`; \
         it has `archive` from `Draft` to `Archived`, `archive` from `Published` to `Archived`"
    );
    assert_eq!(
        refusal("sumbit", "Draft", "Review"),
        "Report has no edge `sumbit` from `Draft` to `Review`; `sumbit` is not a transition of it; \
         it has `submit` from `Draft` to `Review`, `comment` from `Review` to `Review`, \
         `approve` from `Review` to `Published`, `reject` from `Review` to `Draft`, \
         `archive` from `Draft` to `Archived`, `archive` from `Published` to `Archived`"
    );
    assert_eq!(
        refusal("submit", "Draft", "Revew"),
        "Report has no edge `submit` from `Draft` to `Revew`; it has `submit` from `Draft` to `Review`"
    );
    assert!(hub.catalog().machines.is_empty() && hub.failures().next().is_none(), "nothing was registered");
}

#[derive(StateMachine)]
#[machine(name = "Gate", was = "Barrier")]
#[transition(lift, was = "raise", from = Down, to = Up)]
enum GateState {
    #[state(initial)]
    #[state(was = "Shut")]
    Down,
    #[state(terminal)]
    Up,
}

#[test]
fn records_with_former_names_are_heard_as_those_of_today() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_edge::<GateState>("raise", "Shut", "Up", |_: &Record| told.say("edge"))?;
    hub.on_transition::<GateState>(|_: &Record| told.say("machine"))?;
    let old = r#"{"v":1,"id":"01970000-0000-7000-8000-000000000000","at":"2026-05-01T09:30:00.000000000Z",
        "kind":"transition","subject":{"kind":"Barrier","id":7},"machine":"Barrier","version":2,
        "transition":"raise","from":"Shut","to":"Up"}"#;
    hub.tell(&serde_json::from_str(old)?)?;
    assert_eq!(told.take(), ["edge", "machine"]);
    let mut log: Vec<Record> = Vec::new();
    let _ = GateMachine::create("north").commit(&mut log)?.lift().commit(&mut log)?;
    hub.tell(&log[1])?;
    assert_eq!(told.take(), ["edge", "machine"]);
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
    hub.tell(&event)?;
    assert_eq!(told.take(), ["login"]);
    let (_, mut log) = in_review();
    log[1].event = Some("login".into());
    hub.tell(&log[1])?;
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
    let refused = report.approve(Publication { issue: 1 }).by("ann").commit((&mut file).observed_by(hub.by_ref()));
    let refused = refused.expect_err("she wrote it").into_step();
    let refused = refused.by("bob").commit(Refusing::default().observed_by(hub.by_ref()));
    assert!(refused.is_err() && told.take().is_empty());
    for record in JsonLines::read(&file.into_inner()?[..]) {
        hub.tell(&record?)?;
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
    hub.tell(&log[0])?;
    assert_eq!(told.take(), ["Report"]);
    // Registered later, it goes the same way.
    hub.register_machine::<ReportState>()?;
    hub.tell(&log[0])?;
    assert_eq!(told.take(), ["Report"]);
    Ok(())
}

mod other {
    use super::{Deserialize, Event, Serialize, StateMachine};

    #[derive(Debug, Event, Serialize, Deserialize)]
    #[event(name = "login")]
    pub(super) struct SignIn;

    #[derive(StateMachine)]
    #[machine(name = "Barrier")]
    pub(super) enum FenceState {
        #[state(initial, terminal)]
        Closed,
    }

    /// The name of an event is no machine's.
    #[derive(StateMachine)]
    #[machine(name = "login")]
    pub(super) enum SessionState {
        #[state(initial, terminal)]
        Open,
    }
}

#[test]
fn a_second_type_of_a_name_is_refused_and_both_are_named() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.register::<Login>()?;
    hub.register::<Login>()?;
    hub.on::<Login>(|_, _| told.say("login"))?;
    let taken = "the event name `login` is taken by `tollgate::events::Login`, so that \
                 `behaviour::hub::other::SignIn` cannot be registered; `#[event(name = \"..\")]` would give it another";
    assert_eq!(hub.register::<other::SignIn>().expect_err("it is taken").to_string(), taken);
    let subscribed = hub.on::<other::SignIn>(|_, _| told.say("sign in"));
    assert_eq!(subscribed.expect_err("it is taken").to_string(), taken);
    hub.tell(&login())?;
    assert_eq!(told.take(), ["login"], "nobody subscribed to what was refused");
    Ok(())
}

#[test]
fn a_machine_of_a_name_or_of_a_former_name_that_is_taken_is_refused() -> Tested {
    let taken = |by: &str, refused: &str| {
        format!(
            "the machine name `Barrier` is taken by `behaviour::hub::{by}`, so that `behaviour::hub::{refused}` \
             cannot be registered; `#[machine(name = \"..\")]` would give it another"
        )
    };
    let mut hub = Hub::new();
    hub.register_machine::<GateState>()?;
    hub.register_machine::<GateState>()?;
    let error = hub.register_machine::<other::FenceState>().expect_err("it is taken");
    assert_eq!(error.to_string(), taken("GateState", "other::FenceState"));
    let mut hub = Hub::new();
    hub.register_machine::<other::FenceState>()?;
    let error = hub.on_transition::<GateState>(|_: &Record| ()).expect_err("it is taken");
    assert_eq!(error.to_string(), taken("other::FenceState", "GateState"));
    assert_eq!(hub.catalog().machines.len(), 1);
    Ok(())
}

#[test]
fn an_event_and_a_machine_may_share_a_name() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on::<Login>(|_, _| told.say("event"))?;
    hub.on_transition::<other::SessionState>(|_: &Record| told.say("machine"))?;
    hub.tell(&login())?;
    let mut sink = Vec::new().observed_by(hub);
    let _ = other::SessionMachine::create("ann").commit(&mut sink)?;
    drop(sink);
    assert_eq!(told.take(), ["event", "machine"]);
    Ok(())
}

#[test]
fn an_unregistered_event_is_refused_before_anybody_is_told() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_any(|_: &Record| told.say("any")).first();
    let refusal = hub.tell(&login()).expect_err("nothing is registered");
    assert_eq!(
        refusal.to_string(),
        format!(
            "the hub does not know the event `login` of record {}, and told nobody; it knows none; \
             `register` or `on` with the event's type adds one",
            refusal.record
        )
    );
    hub.register::<Logout>()?;
    hub.register::<DropTable>()?;
    let refusal = hub.tell(&login()).expect_err("it is not registered");
    assert!(refusal.to_string().contains("it knows `drop-table`, `logout`;"), "{refusal}");
    assert!(told.take().is_empty());

    let mut nameless = login();
    nameless.event = None;
    assert_eq!(hub.tell(&nameless).expect_err("it has no name").event, "");

    // Behind a sink it is the hub's failure, and nobody else's.
    let mut reported = Vec::new();
    let mut sink = Vec::new()
        .observed_by(hub)
        .observed_by((|_: &Record| told.say("another")).named("another"))
        .on_failure(|failure| reported.push(failure.to_string()));
    Login.occurred().commit(&mut sink)?;
    assert_eq!(failed(sink.failures()), ["Hub: 1, 0"]);
    drop(sink);
    assert_eq!(told.take(), ["another"]);
    assert!(reported[0].starts_with("observer `Hub` failed: the hub does not know the event `login`"), "{reported:?}");
    Ok(())
}

#[test]
fn the_error_of_an_unregistered_event_can_be_told_from_others() {
    let error = Hub::new().observe(&login()).expect_err("nothing is registered");
    assert!(error.downcast_ref::<Unregistered>().is_some_and(|unregistered| unregistered.event == "login"));
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
    hub.tell(&serde_json::from_str(line)?)?;
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
    for record in JsonLines::read(&file.into_inner()?[..]) {
        hub.tell(&record?)?;
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
    hub.tell(&login())?;
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
    let mut sink = Vec::new().observed_by(hub.by_ref());
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
    let mut sink = Vec::new().observed_by(hub.by_ref());
    plugin::comment("town", "trees", "tall").by(plugin::actor()).commit(&mut sink)?;
    plugin::comment("town", "", "which").by("ann").commit(&mut sink)?;
    Login.occurred().commit(&mut sink)?;
    drop(sink);
    assert_eq!(told.take(), [r#"trees "" true"#, r#" "" true"#], "what is redacted is in no record");
    assert_eq!(failed(hub.failures()), ["comments: 1, 0"]);
    assert_eq!(heard.counts(), (1, 1));
    Ok(())
}

#[test]
fn many_threads_share_a_hub_and_each_sees_its_own_order() -> Tested {
    const THREADS: u64 = 8;
    const EACH: u64 = 200;
    let mut heard: Vec<(u64, u64)> = Vec::new();
    let mut hub = Hub::new();
    hub.on::<Login>(|_, record| {
        let number = |key: &str| record.context.get(key).and_then(serde_json::Value::as_u64).expect("a number");
        heard.push((number("thread"), number("turn")));
        assert!(number("turn") != 7, "the subscriber panics at each seventh");
    })?;
    let shared = hub.shared();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let shared = shared.clone();
            scope.spawn(move || {
                let mut sink = Vec::new().observed_by(shared);
                for turn in 0..EACH {
                    let step = Login.occurred().with("thread", thread).with("turn", turn);
                    step.commit(&mut sink).expect("a vector accepts everything");
                }
                assert_eq!(failed(sink.failures()), [""; 0]);
            });
        }
    });
    assert_eq!(failed(shared.failures()?.iter()), [format!("on login: 0, {THREADS}")]);
    drop(shared);
    assert_eq!(heard.len() as u64, THREADS * EACH);
    for thread in 0..THREADS {
        let turns = heard.iter().filter(|(of, _)| *of == thread).map(|(_, turn)| *turn);
        assert!(turns.eq(0..EACH), "thread {thread} is told in its own order");
    }
    Ok(())
}

#[test]
fn a_subscriber_that_comes_back_to_its_hub_is_refused_and_does_not_hang() -> Tested {
    let own: Arc<OnceLock<SharedHub<'static>>> = Arc::default();
    let within = Arc::clone(&own);
    let mut hub = Hub::new();
    hub.register::<Logout>()?;
    hub.on::<Login>(move |_, _| {
        let mut shared = within.get().expect("it is there before the first login").clone();
        assert!(matches!(shared.failures(), Err(Reentered { .. })));
        let mut log: Vec<Record> = Vec::new();
        Logout.occurred().commit(&mut log)?;
        shared.observe(&log[0])
    })?;
    let mut shared = own.get_or_init(|| hub.shared()).clone();
    for _ in 0..2 {
        assert!(shared.observe(&login()).is_ok());
    }
    assert_eq!(failed(shared.failures()?.iter()), ["on login: 2, 0"]);
    Ok(())
}

#[test]
fn a_shared_hub_is_given_back_by_the_last_who_has_it() -> Tested {
    let mut shared = Hub::new().shared();
    assert!(shared.observe(&login()).is_err_and(|error| error.is::<Unregistered>()));
    let other = shared.clone();
    assert!(shared.into_inner().is_none());
    assert!(other.into_inner().is_some());
    Ok(())
}
