//! Filters: the records that match, and the catalog that shows them.

use serde::{Deserialize, Serialize};
use tollgate::events::{AlterTable, CreateTable, DropTable, Login};
use tollgate::hub::{CatalogEntry, Filter, Receives};
use tollgate::{Actor, ActorKind, AsyncHub, Event, Hub, JsonLines, Record, RecordKind, StateMachine};

use crate::Tested;
use crate::events::trees;
use crate::hub::{Told, failed, login};
use crate::report::{Publication, ReportState, in_review};

fn dropped() -> DropTable {
    DropTable { database: "town".into(), table: "trees".into() }
}

/// Records of three actors and one without an actor.
fn records() -> Result<Vec<Record>, Box<dyn std::error::Error>> {
    let mut log: Vec<Record> = Vec::new();
    trees().occurred().by("ann").commit(&mut log)?;
    dropped().occurred().by(Actor::service("cleanup").on_behalf_of(Actor::user("ann"))).commit(&mut log)?;
    dropped().occurred().by(Actor::system("nightly")).commit(&mut log)?;
    Login.occurred().commit(&mut log)?;
    log.push(in_review().1.remove(1));
    Ok(log)
}

fn hub<'h>() -> Result<Hub<'h>, tollgate::hub::RegistrationError> {
    let mut hub = Hub::new();
    hub.register::<CreateTable>()?;
    hub.register::<DropTable>()?;
    hub.register::<Login>()?;
    Ok(hub)
}

/// The names of the records that match, each with the kind of its actor.
fn matching(filter: Filter) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let told = Told::default();
    let mut hub = hub()?;
    hub.on_matching(filter, |record: &Record| {
        let name = record.event.as_deref().or(record.transition.as_deref()).unwrap_or_default();
        told.say(format!("{name} {:?}", record.actor.as_ref().map(|actor| actor.kind)));
    });
    for record in records()? {
        hub.notify(&record)?;
    }
    drop(hub);
    Ok(told.take())
}

#[test]
fn filter_by_each_criterion_matches_its_records_alone() -> Tested {
    let submit = format!("submit {:?}", in_review().1[1].actor.as_ref().map(|actor| actor.kind));
    let (created, service, system, login) =
        ("create-table Some(User)", "drop-table Some(Service)", "drop-table Some(System)", "login None");
    let new = Filter::new;
    assert_eq!(matching(new())?, [created, service, system, login, &submit]);
    assert_eq!(matching(new().event_prefix("drop-"))?, [service, system]);
    assert_eq!(matching(new().event_prefix("drop-").event_prefix("create-"))?, [created, service, system]);
    assert_eq!(matching(new().event_prefix(""))?, [created, service, system, login]);
    assert_eq!(matching(new().event_prefix("Drop-"))?, [""; 0], "case counts");
    assert_eq!(matching(new().machine(ReportState::CHART.machine))?, [submit.as_str()]);
    assert_eq!(matching(new().machine("Report").event_prefix("login"))?, [login, &submit]);
    assert_eq!(matching(new().actor_kind(ActorKind::Service))?, [service], "the acting one counts");
    assert_eq!(matching(new().actor_kind(ActorKind::Service).actor_kind(ActorKind::System))?, [service, system]);
    assert_eq!(matching(new().actor_kind(ActorKind::System).event_prefix("drop-"))?, [system]);
    assert_eq!(matching(new().actor_kind(ActorKind::User).event_prefix("login"))?, [""; 0], "no actor");
    Ok(())
}

#[derive(StateMachine)]
#[machine(name = "Hatch", was = "Flap")]
#[transition(lift, from = Down, to = Up)]
enum HatchState {
    #[state(initial)]
    Down,
    #[state(terminal)]
    Up,
}

#[test]
fn filter_by_machine_accepts_former_names_if_the_machine_is_registered() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let _ = HatchMachine::create("north").commit(&mut log)?.lift().commit(&mut log)?;
    log[0].machine = Some("Flap".into());
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_matching(Filter::new().machine("Hatch"), |_: &Record| told.say("today"));
    hub.on_matching(Filter::new().machine("Flap"), |_: &Record| told.say("former"));
    log.iter().try_for_each(|record| hub.notify(record))?;
    assert_eq!(told.take(), ["former", "today"], "names are compared as they are written");
    hub.register_machine::<HatchState>()?;
    log.iter().try_for_each(|record| hub.notify(record))?;
    assert_eq!(told.take(), ["today", "former", "today", "former"]);
    Ok(())
}

#[test]
fn filter_by_machine_matches_refusals_that_are_read_from_a_log() -> Tested {
    let mut file = JsonLines::new(Vec::new());
    let (report, _) = in_review();
    assert!(report.approve(Publication { issue: 1 }).by("ann").commit(&mut file).is_err());
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_matching(Filter::new().machine("Report"), |record: &Record| {
        told.say(if record.kind == RecordKind::Refusal { "refusal" } else { "other" });
    });
    for record in JsonLines::read_from(&file.into_inner()?[..]) {
        hub.notify(&record?)?;
    }
    assert_eq!(told.take(), ["refusal"]);
    Ok(())
}

#[test]
fn filter_does_not_receive_an_unregistered_event_that_it_names() -> Tested {
    let told = Told::default();
    let mut hub = Hub::new();
    hub.on_matching(Filter::new().event_prefix("log"), |_: &Record| told.say("received"));
    assert!(hub.notify(&login()).is_err());
    assert_eq!((told.take(), failed(hub.failures())), (vec![], vec!["Hub: 1, 0".to_owned()]));
    Ok(())
}

#[test]
fn filter_restricts_typed_subscribers_and_once_counts_its_records_alone() -> Tested {
    let told = Told::default();
    let mut hub = hub()?;
    let system = || Filter::new().actor_kind(ActorKind::System);
    hub.on::<DropTable>(|_, _| told.say("first by the system"))?.matching(system()).once();
    hub.on_transition::<ReportState>(|_: &Record| told.say("machine"))?.matching(system());
    hub.on::<DropTable>(|_, _| told.say("any service"))?
        .matching(system())
        .matching(Filter::new().actor_kind(ActorKind::Service));
    for record in records()?.iter().chain(&records()?) {
        hub.notify(record)?;
    }
    assert_eq!(told.take(), ["any service", "first by the system", "any service"]);
    Ok(())
}

#[tokio::test]
async fn filter_of_an_asynchronous_subscriber_restricts_it() -> Tested {
    let told = Told::default();
    let mut hub = AsyncHub::from(hub()?);
    hub.on_matching_async(Filter::new().event_prefix("drop-").actor_kind(ActorKind::System), |_: &Record| async {
        tokio::task::yield_now().await;
        told.say("dropped by the system");
    })
    .first();
    for record in records()? {
        hub.notify(&record).await?;
    }
    assert_eq!(told.take(), ["dropped by the system"]);
    Ok(())
}

#[test]
fn filter_in_words_and_as_json() -> Tested {
    let all = Filter::new().event_prefix("drop-").machine("Report").actor_kind(ActorKind::User);
    for (filter, words, json) in [
        (Filter::new(), "all records", "{}"),
        (Filter::new().event_prefix("a\nb"), r"events `a\nb*`", r#"{"event_prefixes":["a\nb"]}"#),
        (
            Filter::new().actor_kind(ActorKind::System).actor_kind(ActorKind::Service),
            "by the system or a service",
            r#"{"actor_kinds":["system","service"]}"#,
        ),
        (
            all,
            "events `drop-*` or machine `Report`, by a user",
            r#"{"event_prefixes":["drop-"],"machines":["Report"],"actor_kinds":["user"]}"#,
        ),
    ] {
        assert_eq!(filter.to_string(), words);
        assert_eq!(serde_json::to_string(&filter)?, json);
        assert_eq!(serde_json::from_str::<Filter>(json)?, filter);
    }
    let error = serde_json::from_str::<Filter>(r#"{"event": ["drop-"]}"#).expect_err("it is misspelt");
    assert!(error.to_string().starts_with("unknown field `event`"), "{error}");
    Ok(())
}

/// A hub with a subscription of each kind.
fn subscribed() -> Result<Hub<'static>, tollgate::hub::RegistrationError> {
    let mut hub = Hub::new();
    hub.on::<AlterTable>(|_, _| ())?.once();
    hub.plugin("met|rics\n", |hub| {
        hub.on_transition::<HatchState>(|_: &Record| ())?.named("hatches");
        let filter = Filter::new().event_prefix("a|`b").machine("Hatch").actor_kind(ActorKind::User);
        hub.on_matching(filter, |_: &Record| ()).named("odd `one`").first();
        Ok(())
    })?;
    hub.plugin("empty", |_| Ok(()))?;
    hub.on_edge::<HatchState>("lift", "Down", "Up", |_: &Record| ())?.named("lift").last();
    Ok(hub)
}

#[test]
fn catalog_page_lists_plugins_and_subscriptions_with_escaped_names() -> Tested {
    let page = subscribed()?.catalog().to_markdown();
    let (_, page) = page.split_once("## Plugins\n").ok_or("there are plugins")?;
    assert_eq!(
        page,
        r"
| plugin | subscriptions |
| --- | --- |
| `empty` | 0 |
| `met\|rics\n` | 2 |

## Subscriptions

| subscriber | receives | filter | limit | plugin |
| --- | --- | --- | --- | --- |
| `` met\|rics\n: odd `one` `` | all records | events ``a\|`b*`` or machine `Hatch`, by a user | | `met\|rics\n` |
| `on alter-table` | event `alter-table` | | once | |
| `met\|rics\n: hatches` | machine `Hatch` | | | `met\|rics\n` |
| `lift` | machine `Hatch`, `lift` from `Down` to `Up` | | | |
"
    );
    Ok(())
}

#[test]
fn catalog_data_lists_subscriptions_in_the_order_of_notification() -> Tested {
    let catalog = subscribed()?.catalog();
    let receives: Vec<_> = catalog.subscriptions.iter().map(|entry| entry.receives.clone()).collect();
    let edge = Receives::Edge { machine: "Hatch", transition: "lift", from: "Down", to: "Up" };
    let machine = Receives::Machine { machine: "Hatch" };
    assert_eq!(receives, [Receives::All, Receives::Event { event: "alter-table" }, machine, edge]);
    let json: serde_json::Value = serde_json::from_str(&catalog.to_json())?;
    assert_eq!(json["plugins"], serde_json::json!(["empty", "met|rics\n"]));
    assert_eq!(
        json["subscriptions"][0],
        serde_json::json!({
            "subscriber": "met|rics\n: odd `one`",
            "receives": { "kind": "all" },
            "filter": { "event_prefixes": ["a|`b"], "machines": ["Hatch"], "actor_kinds": ["user"] },
            "plugin": "met|rics\n",
        })
    );
    assert_eq!(
        json["subscriptions"][3]["receives"],
        serde_json::json!({ "kind": "edge", "machine": "Hatch", "transition": "lift", "from": "Down", "to": "Up" })
    );
    let once: Vec<&CatalogEntry> = catalog.subscriptions.iter().filter(|entry| entry.once).collect();
    assert_eq!(once.len(), 1);
    Ok(())
}

#[test]
fn catalog_of_a_hub_with_a_subscriber_of_all_alone_is_not_empty() {
    let mut hub = Hub::new();
    hub.on_any(|_: &Record| ()).named("all");
    assert_eq!(
        hub.catalog().to_markdown(),
        "# Catalog\n\n## Subscriptions\n\n| subscriber | receives |\n| --- | --- |\n| `all` | all records |\n"
    );
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "archive-table", was = "drop-relation", was = "remove-table")]
struct ArchiveTable;

#[test]
fn filter_by_event_prefix_accepts_present_and_former_names_of_the_event() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    ArchiveTable.occurred().commit(&mut log)?;
    let mut old = log[0].clone();
    old.event = Some("remove-table".into());
    log.push(old);
    let told = &Told::default();
    let mut hub = Hub::new();
    hub.register::<ArchiveTable>()?;
    for prefix in ["archive-", "drop-", "remove-", "table", "Drop-"] {
        hub.on_matching(Filter::new().event_prefix(prefix), move |_: &Record| told.say(prefix));
    }
    for record in &log {
        hub.notify(record)?;
        assert_eq!(told.take(), ["archive-", "drop-", "remove-"], "{:?}", record.event);
    }
    // The prefix of an event does not select a machine, nor the name of a machine an event.
    hub.on_matching(Filter::new().machine("archive-table").machine("remove-table"), |_: &Record| told.say("machine"));
    hub.register_machine::<HatchState>()?;
    hub.on_matching(Filter::new().event_prefix("Fl").event_prefix("Ha"), |_: &Record| told.say("event"));
    log.clear();
    let _ = HatchMachine::create("north").commit(&mut log)?;
    ArchiveTable.occurred().commit(&mut log)?;
    log.iter().try_for_each(|record| hub.notify(record))?;
    assert_eq!(told.take(), ["archive-", "drop-", "remove-"]);
    Ok(())
}
