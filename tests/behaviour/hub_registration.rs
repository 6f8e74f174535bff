//! Registration in a hub: a name belongs to one type, an edge is in the chart, and unregistered types are refused.

use serde::{Deserialize, Serialize};
use tollgate::events::{DropTable, Login, Logout};
use tollgate::hub::{RegistrationError, Unregistered};
use tollgate::{Event, Hub, Observer, Record, StateMachine, sink};

use crate::Tested;
use crate::hub::{Told, failed, login};
use crate::report::ReportState;

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
    hub.notify(&serde_json::from_str(old)?)?;
    assert_eq!(told.take(), ["edge", "machine"]);
    let mut log: Vec<Record> = Vec::new();
    let _ = GateMachine::create("north").commit(&mut log)?.lift().commit(&mut log)?;
    hub.notify(&log[1])?;
    assert_eq!(told.take(), ["edge", "machine"]);
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

    /// A machine cannot have the name of an event.
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
    let taken = "the event name `login` is taken by `tollgate::events::Login`, so \
                 `behaviour::hub_registration::other::SignIn` cannot be registered; rename it by `#[event(name = \"..\")]`";
    assert_eq!(hub.register::<other::SignIn>().expect_err("it is taken").to_string(), taken);
    let subscribed = hub.on::<other::SignIn>(|_, _| told.say("sign in"));
    assert_eq!(subscribed.expect_err("it is taken").to_string(), taken);
    hub.notify(&login())?;
    assert_eq!(told.take(), ["login"], "nobody subscribed to what was refused");
    Ok(())
}

#[test]
fn a_machine_of_a_name_or_of_a_former_name_that_is_taken_is_refused() -> Tested {
    let taken = |by: &str, refused: &str| {
        format!(
            "the machine name `Barrier` is taken by `behaviour::hub_registration::{by}`, so `behaviour::hub_registration::{refused}` \
             cannot be registered; it is a former name of `behaviour::hub_registration::GateState`; remove it there from `was`"
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
    hub.notify(&login())?;
    let mut sink = sink::adapt(Vec::new()).observed_by(hub);
    let _ = other::SessionMachine::create("ann").commit(&mut sink)?;
    drop(sink);
    assert_eq!(told.take(), ["event", "machine"]);
    Ok(())
}

#[test]
fn notify_of_unregistered_event_returns_the_registered_names_and_notifies_no_subscriber() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_any(|_: &Record| told.say("any")).first();
    let refusal = hub.notify(&login()).expect_err("nothing is registered");
    assert_eq!(
        refusal.to_string(),
        "the event `login` is not registered in the hub; no event is registered; \
         call `register` or `on` with its type"
    );
    hub.register::<Logout>()?;
    hub.register::<DropTable>()?;
    let refusal = hub.notify(&login()).expect_err("it is not registered");
    assert!(refusal.to_string().contains("registered: `drop-table`, `logout`;"), "{refusal}");
    assert!(told.take().is_empty());

    let mut nameless = login();
    nameless.event = None;
    assert_eq!(hub.notify(&nameless).expect_err("it has no name").event, "");

    // Behind a sink this is a failure of the hub, not of the other observers.
    let mut reported = Vec::new();
    let mut sink = sink::adapt(Vec::new())
        .observed_by(hub)
        .observed_by((|_: &Record| told.say("another")).named("another"))
        .on_failure(|failure| reported.push(failure.to_string()));
    Login.occurred().commit(&mut sink)?;
    assert_eq!(failed(sink.failures()), ["Hub: 1, 0"]);
    drop(sink);
    assert_eq!(told.take(), ["another"]);
    assert!(
        reported[0].starts_with("observer `Hub` failed: the event `login` is not registered in the hub"),
        "{reported:?}"
    );
    Ok(())
}

#[test]
fn error_of_unregistered_event_can_be_downcast() {
    let error = Hub::new().observe(&login()).expect_err("nothing is registered");
    assert!(error.downcast_ref::<Unregistered>().is_some_and(|unregistered| unregistered.event == "login"));
}

#[test]
fn plugin_with_blank_name_is_refused_and_adds_nothing() {
    for name in ["", " ", "\t\n", "\u{3000}"] {
        let mut hub = Hub::new();
        let error = hub.plugin(name, |hub| hub.register::<Login>()).expect_err("a report could not show it");
        assert!(matches!(error, RegistrationError::BlankPluginName));
        assert_eq!(
            error.to_string(),
            "the name of the plugin is blank; give it a name, which reports and the catalog show"
        );
        let catalog = hub.catalog();
        assert!(catalog.plugins.is_empty() && catalog.events.is_empty());
    }
}

#[test]
fn error_with_control_characters_in_a_name_is_on_one_line() -> Tested {
    let mut hub = Hub::new();
    let mut record = login();
    record.event = Some("log\nin\u{1b}[2J".into());
    let error = hub.notify(&record).expect_err("it is not registered").to_string();
    assert!(error.starts_with("the event `log\\nin\\u{1b}[2J` is not registered"), "{error}");
    hub.plugin("a\nb", |_| Ok(()))?;
    let error = hub.plugin("a\nb", |_| Ok(())).expect_err("it is installed").to_string();
    assert!(error.starts_with("the plugin `a\\nb` is already installed"), "{error}");
    let error = hub.on_edge::<ReportState>("x\r", "Draft\u{2028}", "\u{0}", |_: &Record| ()).map(drop);
    let error = error.expect_err("there is no such edge").to_string();
    let expected = "Report has no edge `x\\r` from `Draft\\u{2028}` to `\\u{0}`; `x\\r` is not a transition of it";
    assert!(error.starts_with(expected), "{error}");
    Ok(())
}
