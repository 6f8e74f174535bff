//! Creations as data: a subject is created in the initial state that a value names, by a step like any other.

use tollgate::chrono::{DateTime, Utc};
use tollgate::serde_json::{from_str, from_value, json};
use tollgate::sink::Scope;
use tollgate::{AnyCreation, Cause, NoAudit, RecordKind, StateMachine, Subject, commit_all, commit_all_async, sink};

use crate::Tested;
use crate::trail::moves;

#[derive(Debug, PartialEq, Subject)]
struct Order {
    #[subject(id)]
    number: u64,
}

#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Order, rename_all = "kebab-case")]
#[transition(pay, from = Draft | Imported | Quoted | Sampled, to = Paid)]
enum OrderState {
    #[state(initial, was = "new")]
    Draft,
    #[state(initial, record)]
    Imported {
        source: String,
        #[serde(rename = "batchNo", alias = "batch", default)]
        batch: u32,
        #[state(redact)]
        token: Option<String>,
    },
    #[state(initial, record)]
    Quoted(String, f64),
    #[state(initial)]
    Sampled(u8),
    #[state(terminal)]
    Paid,
}

/// The machine of a bare id, with one initial state.
#[derive(Debug, PartialEq, StateMachine)]
#[machine(creation = DoorIs)]
#[transition(open, from = Shut, to = Ajar)]
enum DoorState {
    #[state(initial)]
    Shut,
    #[state(terminal)]
    Ajar,
}

fn order(number: u64) -> Order {
    Order { number }
}

#[test]
fn creation_in_each_initial_state_commits_with_its_data() -> Tested {
    let mut log = Vec::new();
    let imported = OrderCreation::Imported { source: "csv".to_owned(), batch: 3, token: Some("secret".to_owned()) };
    let creations =
        [OrderCreation::Draft, imported, OrderCreation::Quoted("EUR".to_owned(), 9.5), OrderCreation::Sampled(4)];
    for (number, creation) in (1..).zip(creations) {
        let created = AnyOrder::create(order(number), creation).commit(&mut log)?;
        assert_eq!((created.version(), created.number), (1, number));
        if let AnyOrder::Sampled(sampled) = created {
            assert_eq!(*sampled.data(), 4);
        }
    }
    let expected = ["create:  -> draft", "create:  -> imported", "create:  -> quoted", "create:  -> sampled"];
    assert_eq!(moves(&log), expected);
    let data: Vec<_> = log.iter().map(|record| record.data.clone()).collect();
    let recorded = json!({ "source": "csv", "batchNo": 3, "token": "[redacted]" });
    assert_eq!(data, [None, Some(recorded), Some(json!(["EUR", 9.5])), None]);
    Ok(())
}

#[test]
fn creation_as_data_writes_the_record_of_the_typed_one() -> Tested {
    let at: DateTime<Utc> = "2026-02-03T04:05:06Z".parse()?;
    let mut log = Vec::new();
    let typed = OrderMachine::create_quoted(order(7), "EUR".to_owned(), 2.0);
    typed.by("ann").because("asked").with("ip", "::1").at(at).commit(&mut log)?;
    let step = AnyOrder::create(order(7), OrderCreation::Quoted("EUR".to_owned(), 2.0));
    step.by("ann").because("asked").with("ip", "::1").at(at).commit(&mut log)?;
    log[1].id = log[0].id;
    assert_eq!(log[0], log[1]);
    assert_eq!(
        (log[1].kind, log[1].version, log[1].transition.as_deref()),
        (RecordKind::Creation, Some(1), Some("create"))
    );
    Ok(())
}

#[test]
fn created_machine_goes_on_and_is_replayed() -> Tested {
    let mut log = Vec::new();
    let created = AnyOrder::create(order(7), OrderCreation::Quoted("EUR".to_owned(), 2.0)).commit(&mut log)?;
    let paid = created.fire(OrderTransition::Pay)?.commit(&mut log)?;
    assert_eq!(paid.version(), 2);
    let quoted = AnyOrder::replay(order(7), &log[..1])?;
    assert_eq!(quoted.into_parts(), (order(7), OrderState::Quoted("EUR".to_owned(), 2.0), 1));
    assert_eq!(AnyOrder::replay(order(7), &log)?.state().name, "paid");
    Ok(())
}

#[test]
fn creation_reads_from_json_under_recorded_names() -> Tested {
    let read = |text: &str| -> Result<OrderState, Box<dyn std::error::Error>> {
        let created = AnyOrder::create(order(1), from_str(text)?).commit(NoAudit)?;
        Ok(created.into_parts().1)
    };
    assert_eq!(read(r#""draft""#)?, OrderState::Draft);
    assert_eq!(read(r#""new""#)?, OrderState::Draft, "a former name");
    assert_eq!(read(r#"{"draft": null}"#)?, OrderState::Draft);
    let imported = |batch| OrderState::Imported { source: "csv".to_owned(), batch, token: None };
    assert_eq!(read(r#"{"imported": {"source": "csv", "batch": 2}}"#)?, imported(2));
    assert_eq!(read(r#"{"imported": {"source": "csv"}}"#)?, imported(0));
    assert_eq!(read(r#"{"quoted": ["EUR", 1.5]}"#)?, OrderState::Quoted("EUR".to_owned(), 1.5));
    assert_eq!(read(r#"{"sampled": 4}"#)?, OrderState::Sampled(4));
    let DoorIs::Shut = from_value(json!("Shut"))?;
    Ok(())
}

#[test]
fn malformed_creation_is_refused_with_the_state_and_the_field() {
    let initial = "its initial states are `draft`, `imported`, `quoted`, `sampled`";
    let carried = r#"`imported` carries `source`, `batchNo`, `token`, as in `{"imported":{"source":..}}`"#;
    for (text, expected) in [
        (r#""paid""#, format!("`paid` is not an initial state of Order; {initial}")),
        (r#""Draft""#, "`Draft` is not an initial state of Order; did you mean `draft`?".to_owned()),
        ("{}", format!("a creation is one initial state of Order, as its name or as the key of its data; {initial}")),
        (r#"{"imported": {"source": "csv", "colour": 1}}"#, "initial state `imported`: `colour` is not".to_owned()),
        (
            r#"{"imported": {"source": "csv", "source": "xml"}}"#,
            "initial state `imported`: `source` is given twice".to_owned(),
        ),
        (r#"{"imported": {"batch": 1}}"#, "initial state `imported`: missing field `source`".to_owned()),
        (r#"{"imported": {"source": 7}}"#, "initial state `imported`: source: invalid type".to_owned()),
        (
            r#"{"imported": {"source": "csv"}, "draft": null}"#,
            "a creation is one initial state of Order, and something follows `imported`".to_owned(),
        ),
        (r#"{"quoted": ["EUR"]}"#, "`quoted` carries a list of 2 values".to_owned()),
        (r#"{"sampled": 999}"#, "initial state `sampled`: invalid value: integer `999`".to_owned()),
        (r#""imported""#, carried.to_owned()),
        (r#"{"imported": 7}"#, carried.to_owned()),
        (r#"{"draft": 7}"#, "`draft` carries no data".to_owned()),
    ] {
        let error = from_str::<OrderCreation>(text).expect_err(text).to_string();
        assert!(error.starts_with(&expected), "{text}: {error}");
    }
    let error = from_str::<DoorIs>(r#""Ajar""#).expect_err("a door is not created open").to_string();
    assert!(error.starts_with("`Ajar` is not an initial state of Door; its initial state is `Shut`"), "{error}");
}

#[test]
fn creation_in_debug_form_shows_the_name_alone() {
    let imported = OrderCreation::Imported { source: "csv".to_owned(), batch: 3, token: Some("secret".to_owned()) };
    assert_eq!(format!("{imported:?}"), "imported");
    let step = AnyOrder::create(order(7), imported);
    assert_eq!(format!("{step:?}"), "Step(`create` of Order 7)");
    let copied = DoorIs::Shut;
    assert_eq!(format!("{copied:?}{copied:?}"), "ShutShut");
}

#[test]
fn refused_creation_returns_the_subject_and_can_be_tried_again() -> Tested {
    let before: DateTime<Utc> = "-0001-01-01T00:00:00Z".parse()?;
    let step = AnyOrder::create(order(7), OrderCreation::Draft).at(before);
    let refused = step.commit(Vec::new()).expect_err("a record has no year before 0");
    assert!(matches!(refused.cause(), Cause::Data(_)), "{refused}");
    assert_eq!(refused.into_machine().into_subject(), order(7));

    let mut step = AnyOrder::create(order(8), OrderCreation::Sampled(1));
    let id = step.record_id();
    let full = sink::from_fn(|_: &tollgate::Record| Err(std::io::Error::other("disk full")));
    let refused = step.commit(full).expect_err("the sink refuses");
    let mut log = Vec::new();
    let created = refused.into_step().commit(&mut log)?;
    assert_eq!((created.state().name, log[0].id), ("sampled", id));
    Ok(())
}

#[tokio::test]
async fn creations_of_several_machines_commit_as_one() -> Tested {
    let mut log = Vec::new();
    let steps = (AnyOrder::create(order(1), OrderCreation::Draft), AnyDoor::create("d-1", DoorIs::Shut));
    let (created, door) = commit_all(steps, &mut log)?;
    assert_eq!((created.state().name, door.state().name, log.len()), ("draft", "Shut", 2));
    let many: Vec<AnyCreation<DoorState>> = (1..4).map(|number| AnyDoor::create(number, DoorIs::Shut)).collect();
    let doors = commit_all_async(many, &mut log).await?;
    assert_eq!((doors.len(), log.len()), (3, 5));
    Ok(())
}

#[tokio::test]
async fn creation_commits_into_a_scoped_and_an_asynchronous_sink() -> Tested {
    let mut log = Vec::new();
    let scope = Scope::new().by("ann").request_id("r-1");
    let step = AnyDoor::create(7, DoorIs::Shut);
    let door = step.commit_async(sink::adapt(&mut log).scoped(&scope)).await?;
    assert_eq!(door.version(), 1);
    assert_eq!((log[0].actor.clone(), log[0].context.get("request_id")), (Some("ann".into()), Some(&"r-1".into())));
    Ok(())
}

#[derive(Debug, PartialEq, StateMachine)]
#[transition(from = _A | B_C, to = _D)]
enum UnderscoreState {
    #[state(initial)]
    _A,
    #[state(initial)]
    #[allow(non_camel_case_types, reason = "the name has an underscore within")]
    B_C,
    #[state(terminal)]
    _D,
}

#[test]
fn methods_of_states_with_underscores_have_single_underscores() -> Tested {
    let made = UnderscoreMachine::create_a(1).commit(NoAudit)?.to_d().commit(NoAudit)?;
    assert_eq!(made.into_parts().1, UnderscoreState::_D);
    let made = UnderscoreMachine::create_b_c(1).commit(NoAudit)?.to_d().commit(NoAudit)?;
    assert_eq!(made.version(), 2);
    Ok(())
}
