//! All fields of a record are read back exactly: actors, contexts, times, and the data of states.

use serde_json::{Value, json};
use tollgate::chrono::{DateTime, TimeDelta, Utc};
use tollgate::sink::{self, REDACTED, Redact};
use tollgate::{Actor, Id, StateMachine};
use tollgate_store_tests::{Database, DoorMachine, DoorState, Tested, commit, on_both};

use crate::refused;

/// A machine whose states have data of every shape.
#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(next, from = _, to = Number)]
#[transition(name, from = _, to = Named)]
#[transition(nothing, from = _, to = Nothing)]
#[transition(pair, from = _, to = Pair)]
#[transition(hide, from = _, to = Hidden)]
enum ShapeState {
    #[state(initial)]
    Empty,
    #[state(record)]
    Number(f64),
    #[state(record)]
    Named {
        given: String,
        family: Option<String>,
    },
    #[state(record)]
    Nothing(Option<u8>),
    #[state(record)]
    Pair(i64, Vec<String>),
    Hidden(String),
}

on_both! {
    actor_with_name_and_principal_is_read_back,
    context_of_any_shape_is_read_back_exactly,
    record_with_hidden_actor_and_cause_is_read_back_and_chained,
    reason_of_any_text_is_read_back,
    time_is_read_back_to_the_nanosecond,
    resumed_machine_knows_the_time_of_its_last_record,
    state_data_is_read_back_and_unrecorded_data_is_an_error,
}

async fn actor_with_name_and_principal_is_read_back(database: &Database) -> Tested {
    let store = database.store().await?;
    let actors = [
        Actor::user(17).named("Ann Smith"),
        Actor::user("7"),
        Actor::service("importer").on_behalf_of(Actor::user(17).named("Ann Smith")),
        Actor::system("nightly").named("").on_behalf_of(Actor::service("a").on_behalf_of(Actor::system("b"))),
        Actor::user("o'brien \"the\" \u{1f4d5}").named("\u{202e}right to left"),
    ];
    for (id, actor) in (0..).zip(actors) {
        let mut step = DoorMachine::create(Id::from(id)).by(actor.clone());
        let record = step.record_id();
        step.commit_async(&store).await?;
        assert_eq!(store.outcome(record).await?.and_then(|record| record.actor), Some(actor));
    }
    Ok(())
}

async fn record_with_hidden_actor_and_cause_is_read_back_and_chained(database: &Database) -> Tested {
    let store = database.store().await?;
    let hidden = || Redact::default().actor().reason();
    let mut step = DoorMachine::create(Id::from(1)).by(Actor::user(17).named("Ann Smith")).because("she moved in");
    let id = step.record_id();
    step.with("request_id", "r-1").commit_async(sink::adapt(&store).redact_by(hidden())).await?;
    let first = store.outcome(id).await?.ok_or("it was written")?;
    assert_eq!(first.actor, Some(Actor::user(REDACTED).named(REDACTED)));
    assert_eq!((first.reason.as_deref(), first.caused_by()), (Some(REDACTED), None));

    let mut step = DoorMachine::create(Id::from(2)).by("ann").caused_by(&first);
    let id = step.record_id();
    step.commit_async(sink::adapt(&store).redact_by(hidden())).await?;
    let second = store.outcome(id).await?.ok_or("it was written")?;
    assert_eq!((second.caused_by(), second.context.get("request_id")), (Some(first.id), Some(&json!("r-1"))));
    assert_eq!(store.resume::<DoorState>(Id::from(1)).await?.version(), 1);
    Ok(())
}

async fn context_of_any_shape_is_read_back_exactly(database: &Database) -> Tested {
    let store = database.store().await?;
    let values = [
        json!(1e23),
        json!(0.1),
        json!(-0.0),
        json!(5e-324),
        json!(f64::MAX),
        json!(123_456_789.123_456_78),
        json!(1.0),
        json!(1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(null),
        json!(true),
        json!(""),
        json!("\"quoted\" 'single' \\ / \u{8} \u{1f4d5} \u{2028} e\u{301}"),
        json!({ "z": { "b": [1, [2, { "c": null }]], "a": {} }, "a": [] }),
        json!({ "": "", " ": 0, "a.b": "$c", "null": null }),
    ];
    let mut step = DoorMachine::create(Id::from(1));
    for (index, value) in values.iter().enumerate() {
        step = step.with(format!("key {index}"), value.clone());
    }
    let record = step.record_id();
    step.commit_async(&store).await?;
    let record = store.outcome(record).await?.ok_or("it is written")?;
    for (index, value) in values.iter().enumerate() {
        let found = record.context.get(&format!("key {index}")).ok_or("it is there")?;
        assert_eq!(found.to_string(), value.to_string());
    }
    Ok(())
}

async fn reason_of_any_text_is_read_back(database: &Database) -> Tested {
    let store = database.store().await?;
    let long = "x".repeat(1 << 20);
    for (id, reason) in
        (0..).zip(["", " ", "a\r\nb\tc", "'; DROP TABLE tollgate_record; --", "\u{fffd}\u{10ffff}", &long])
    {
        let mut step = DoorMachine::create(Id::from(id)).because(reason);
        let record = step.record_id();
        step.commit_async(&store).await?;
        assert_eq!(store.outcome(record).await?.and_then(|record| record.reason).as_deref(), Some(reason));
    }
    Ok(())
}

async fn time_is_read_back_to_the_nanosecond(database: &Database) -> Tested {
    let store = database.store().await?;
    let times = [
        "1970-01-01T00:00:00.000000001Z",
        "1999-12-31T23:59:59.999999999Z",
        "2026-05-01T09:30:00Z",
        "2026-05-01T09:30:00.000001Z",
        "2026-05-01T09:30:00.000000999Z",
        "2026-05-01T09:30:00.123456789Z",
        "9999-12-31T23:59:59.999999999Z",
    ];
    for (id, time) in (0..).zip(times) {
        let at: DateTime<Utc> = time.parse()?;
        let mut step = DoorMachine::create(Id::from(id)).at(at);
        let record = step.record_id();
        commit!(database, step, &store).map_err(|error| format!("{time}: {error}"))?;
        assert_eq!(store.outcome(record).await?.map(|record| record.at), Some(at), "{time}");
    }
    Ok(())
}

async fn resumed_machine_knows_the_time_of_its_last_record(database: &Database) -> Tested {
    let store = database.store().await?;
    let later = Utc::now() + TimeDelta::days(1);
    DoorMachine::create(Id::from(1)).at(later).commit_async(&store).await?;
    let door = store.resume::<DoorState>(Id::from(1)).await?;
    let mut step = door.fire(tollgate_store_tests::DoorTransition::Open)?;
    let record = step.record_id();
    let door = commit!(database, step, &store)?;
    assert_eq!(store.outcome(record).await?.map(|record| record.at), Some(later), "the record is later than the clock");
    let step = door.fire(tollgate_store_tests::DoorTransition::Shut)?.at(later - TimeDelta::nanoseconds(1));
    let refusal = refused(commit!(database, step, &store))?;
    assert!(matches!(refusal.cause(), tollgate::Cause::Time { .. }), "{refusal}");
    Ok(())
}

async fn state_data_is_read_back_and_unrecorded_data_is_an_error(database: &Database) -> Tested {
    let store = database.store().await?;
    let states = [
        ShapeState::Number(0.1),
        ShapeState::Number(1e23),
        ShapeState::Named { given: "Ann".into(), family: None },
        ShapeState::Named { given: String::new(), family: Some("\"O'Brien\"".into()) },
        ShapeState::Nothing(None),
        ShapeState::Nothing(Some(7)),
        ShapeState::Pair(i64::MIN, vec!["\u{1}".into(), String::new()]),
    ];
    ShapeMachine::create(Id::from(1)).commit_async(&store).await?;
    for state in states {
        let shape = store.resume::<ShapeState>(Id::from(1)).await?;
        let transition = match state.clone() {
            ShapeState::Number(number) => ShapeTransition::Next(number),
            ShapeState::Named { given, family } => ShapeTransition::Name { given, family },
            ShapeState::Nothing(nothing) => ShapeTransition::Nothing(nothing),
            ShapeState::Pair(one, other) => ShapeTransition::Pair(one, other),
            ShapeState::Empty | ShapeState::Hidden(_) => return Err("it is not in the list".into()),
        };
        commit!(database, shape.fire(transition)?, &store)?;
        let (_, found, _) = database.store().await?.resume::<ShapeState>(Id::from(1)).await?.into_parts();
        assert_eq!(found, state);
    }
    let shape = store.resume::<ShapeState>(Id::from(1)).await?;
    commit!(database, shape.fire(ShapeTransition::Hide("secret".into()))?, &store)?;
    let error = refused(store.resume::<ShapeState>(Id::from(1)).await)?;
    assert!(error.to_string().contains("mark the state `#[state(record)]`"), "{error}");
    let data = database.rows("SELECT data FROM tollgate_record ORDER BY version").await?;
    assert_eq!(data.last().map(|row| &row["data"]), Some(&Value::Null), "data without `record` is not recorded");
    Ok(())
}
