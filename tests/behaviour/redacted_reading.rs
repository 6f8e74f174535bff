//! A log whose values an adaptor has redacted is read again: events by their types, states by replay.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tollgate::chrono::{DateTime, Utc};
use tollgate::events::{CreateToken, DeleteRow, InsertRows, Login};
use tollgate::serde_json::{self, Value, json};
use tollgate::sink::{self, REDACTED, Redact};
use tollgate::uuid::Uuid;
use tollgate::{Actor, Event, Hub, Id, JsonLines, Observer, Record, Sink, StateMachine};

use crate::Tested;
use crate::report::{AnyReport, Publication, Report, draft, in_review};

fn rows() -> InsertRows {
    InsertRows { database: "town".into(), table: "trees".into(), num_rows: 3, ignore: true, replace: true }
}

/// Returns the record of this event behind `.redact(keys)`.
fn redacted<E: Event>(event: E, keys: &'static [&'static str]) -> Record {
    let mut log: Vec<Record> = Vec::new();
    let Ok(_) = event.fire().commit(sink::adapt(&mut log).redact(keys.iter().copied())) else {
        panic!("a vector accepts everything");
    };
    log.remove(0)
}

#[test]
fn hub_behind_redact_gets_event_with_default_in_place_of_number() -> Tested {
    let mut heard = Vec::new();
    let mut hub = Hub::new();
    hub.on::<InsertRows>(|event, _| heard.push(event))?;
    let mut log: Vec<Record> = Vec::new();
    rows().occurred().commit(sink::adapt(&mut log).observed_by(hub.by_ref()).redact(["num_rows"]))?;
    assert_eq!(hub.failures().map(|failures| failures.errors).sum::<u64>(), 0);
    drop(hub);
    assert_eq!(heard, [InsertRows { num_rows: 0, ..rows() }]);
    Ok(())
}

#[test]
fn from_record_reads_each_redacted_property_as_its_default_and_texts_as_they_are() -> Tested {
    let read = InsertRows::from_record(&redacted(rows(), &["num_rows", "ignore", "table"]))?;
    let expected = InsertRows { num_rows: 0, ignore: false, table: REDACTED.into(), ..rows() };
    assert_eq!(read, Some(expected));
    let read = InsertRows::from_record(&redacted(rows(), &["database"]))?;
    assert_eq!(read, Some(InsertRows { database: REDACTED.into(), ..rows() }));

    let event = DeleteRow { database: "town".into(), table: "trees".into(), pks: vec![Id::from(7)] };
    assert_eq!(DeleteRow::from_record(&redacted(event.clone(), &["pks"]))?, Some(DeleteRow { pks: vec![], ..event }));
    let event = CreateToken {
        expires_after: Some(60),
        restrict_all: vec!["read".into()],
        restrict_database: BTreeMap::from([("town".into(), vec!["write".into()])]),
        restrict_resource: BTreeMap::new(),
    };
    let record = redacted(event.clone(), &["expires_after", "restrict_all", "town"]);
    let expected = CreateToken {
        expires_after: None,
        restrict_all: vec![],
        restrict_database: BTreeMap::from([("town".into(), vec![])]),
        ..event
    };
    assert_eq!(CreateToken::from_record(&record)?, Some(expected));
    Ok(())
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
enum Level {
    Low,
    #[default]
    Middle,
    High,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Colour {
    Red,
    Green,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Port(u16);

impl Default for Port {
    fn default() -> Self {
        Self(80)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Row {
    key: u64,
    secret: Option<f64>,
    pair: (bool, i8),
    note: String,
    by_number: BTreeMap<u16, char>,
}

fn seven() -> u8 {
    7
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
struct Scanned {
    level: Level,
    port: Port,
    at: DateTime<Utc>,
    token: Uuid,
    #[serde(default = "seven")]
    tries: u8,
    #[serde(alias = "old_rows")]
    rows: Vec<Row>,
    colour: Colour,
    text: Option<String>,
}

fn scanned() -> Scanned {
    let row = Row { key: 1, secret: Some(2.5), pair: (true, -3), note: "n".into(), by_number: [(5, 'x')].into() };
    Scanned {
        level: Level::High,
        port: Port(8080),
        at: Utc::now(),
        token: Uuid::max(),
        tries: 3,
        rows: vec![row],
        colour: Colour::Green,
        text: Some("t".into()),
    }
}

#[test]
fn default_of_redacted_property_is_that_of_serde_or_of_the_type() -> Tested {
    let event = scanned();
    let record = redacted(event.clone(), &["level", "port", "at", "token", "tries"]);
    let expected = Scanned {
        level: Level::Middle,
        port: Port(80),
        at: DateTime::default(),
        token: Uuid::nil(),
        tries: 7,
        ..event.clone()
    };
    assert_eq!(Scanned::from_record(&record)?, Some(expected));
    // A value that fits is kept next to one that does not.
    let record = redacted(event.clone(), &["text", "tries"]);
    assert_eq!(Scanned::from_record(&record)?, Some(Scanned { text: Some(REDACTED.into()), tries: 7, ..event }));
    Ok(())
}

#[test]
fn redacted_values_within_properties_are_read_as_zeros() -> Tested {
    let event = scanned();
    let record = redacted(event.clone(), &["secret", "pair", "note", "by_number"]);
    let row = Row { secret: None, pair: (false, 0), note: REDACTED.into(), by_number: BTreeMap::new(), key: 1 };
    assert_eq!(Scanned::from_record(&record)?, Some(Scanned { rows: vec![row.clone()], ..event.clone() }));
    let record = redacted(event.clone(), &["secret", "key", "level"]);
    let row = Row { key: 0, pair: (true, -3), note: "n".into(), by_number: [(5, 'x')].into(), ..row };
    let expected = Scanned { rows: vec![row], level: Level::Middle, ..event };
    assert_eq!(Scanned::from_record(&record)?, Some(expected));
    Ok(())
}

#[test]
fn redacted_property_under_an_alias_is_read_as_its_default() -> Tested {
    let event = scanned();
    let mut record = redacted(event.clone(), &["rows"]);
    let properties = record.properties.as_mut().and_then(Value::as_object_mut).ok_or("an object")?;
    let rows = properties.remove("rows").ok_or("rows")?;
    properties.insert("old_rows".into(), rows);
    assert_eq!(Scanned::from_record(&record)?, Some(Scanned { rows: vec![], ..event }));
    Ok(())
}

#[test]
fn redacted_property_without_default_is_an_error_that_names_it_and_the_remedy() -> Tested {
    let record = redacted(scanned(), &["colour", "tries"]);
    let error = Scanned::from_record(&record).err().ok_or("a colour has no default")?.to_string();
    let expected = format!(
        "the properties of `scanned` in record {} do not fit: `colour` is redacted, and `serde` has no default for it \
         (unknown variant `[redacted]`, expected `Red` or `Green`); add `#[serde(default)]` or `#[serde(default = \"path\")]`",
        record.id
    );
    assert_eq!(error, expected);
    // Data that does not fit for another reason is an error as before, redacted or not.
    let mut record = redacted(scanned(), &["tries"]);
    record.properties.as_mut().and_then(Value::as_object_mut).ok_or("an object")?.insert("port".into(), json!("x"));
    let error = Scanned::from_record(&record).err().ok_or("a port is a number")?.to_string();
    assert!(error.contains("invalid type: string \"x\", expected u16"), "{error}");
    Ok(())
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Options {
    count: u64,
    #[serde(default = "seven")]
    tries: u8,
    label: Label,
}

/// A text without a default.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Label(String);

#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
struct Tuned {
    rows: u64,
    name: Label,
    #[serde(flatten)]
    options: Options,
}

#[test]
fn flattened_property_is_read_by_the_default_of_serde_or_named_in_the_error() -> Tested {
    let tuned = |tries, rows, name: &str, label: &str| Tuned {
        rows,
        name: Label(name.into()),
        options: Options { count: 9, tries, label: Label(label.into()) },
    };
    let record = redacted(tuned(3, 4, "a", "b"), &["tries", "rows", "name", "label"]);
    assert_eq!(Tuned::from_record(&record)?, Some(tuned(7, 0, REDACTED, REDACTED)));
    let record = redacted(tuned(3, 4, "a", "b"), &["count", "name"]);
    let error = Tuned::from_record(&record).err().ok_or("the count has no default")?.to_string();
    assert!(error.contains("do not fit: `count` is redacted, and `serde` has no default for it ("), "{error}");
    Ok(())
}

#[derive(StateMachine)]
#[machine(name = "Lock")]
#[transition(turn, from = Open, to = Shut)]
enum LockState {
    #[state(initial)]
    Open,
    #[state(terminal, record)]
    Shut {
        pin: u32,
        list: Vec<Row>,
        holder: Option<u64>,
        #[serde(default = "seven")]
        tries: u8,
        #[serde(default = "red")]
        colour: Colour,
        other: Colour,
    },
}

fn red() -> Colour {
    Colour::Red
}

fn shut(keys: &'static [&'static str]) -> Result<Vec<Record>, Box<dyn std::error::Error>> {
    let mut log: Vec<Record> = Vec::new();
    let lock = LockMachine::create(7).commit(&mut log)?;
    let step = lock.turn(4711, scanned().rows, Some(7), 3, Colour::Green, Colour::Green);
    let _ = step.commit(sink::adapt(&mut log).redact(keys.iter().copied()))?;
    Ok(log)
}

#[test]
fn replay_of_redacted_data_reads_defaults_and_zeros() -> Tested {
    let log = shut(&["pin", "holder", "secret", "tries", "colour"])?;
    for back in [AnyLock::replay(7, &log)?, AnyLock::resume_named(7, "Shut", log[1].data.as_ref(), 2)?] {
        let AnyLock::Shut(back) = back else { return Err("it is shut".into()) };
        let data = back.data();
        assert_eq!((data.pin, &data.holder, data.tries, data.colour), (0, &None, 7, Colour::Red));
        assert_eq!((data.list[0].key, data.list[0].secret, data.other), (1, None, Colour::Green));
    }
    let log = shut(&["list"])?;
    let AnyLock::Shut(back) = AnyLock::replay(7, &log)? else { return Err("it is shut".into()) };
    assert_eq!((back.data().list.len(), back.data().pin), (0, 4711));
    Ok(())
}

#[test]
fn replay_of_redacted_data_of_one_value_reads_zeros() -> Tested {
    let (report, mut log) = in_review();
    let step = report.approve(Publication { issue: 3 }).by("bob");
    let _ = step.commit(sink::adapt(&mut log).redact(["issue"]))?;
    let AnyReport::Published(back) = AnyReport::replay(Report::titled("Water"), &log)? else {
        return Err("it is published".into());
    };
    assert_eq!(back.data(), &Publication { issue: 0 });
    Ok(())
}

#[test]
fn replay_of_redacted_data_without_default_is_an_error_that_names_the_field() -> Tested {
    let error = AnyLock::replay(7, &shut(&["other"])?).err().ok_or("a colour has no default")?.to_string();
    let expected = "`other` is redacted, and `serde` has no default for it (unknown variant `[redacted]`, expected `Red` or \
                    `Green`); add `#[serde(default)]` or `#[serde(default = \"path\")]`";
    assert!(error.ends_with(expected), "{error}");
    Ok(())
}

#[test]
fn command_with_the_text_redacted_in_place_of_a_number_is_refused() {
    let text = r#"{"turn":{"pin":"[redacted]","list":[],"holder":null,"colour":"Red","other":"Red"}}"#;
    let error = serde_json::from_str::<LockTransition>(text).map(drop).map_err(|error| error.to_string());
    let error = error.expect_err("a caller does not redact");
    assert!(error.contains("pin: invalid type: string \"[redacted]\", expected u32"), "{error}");
}

#[test]
fn redact_by_ignores_case_in_context_data_and_properties() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let hidden = Redact::keys(["AUTHORIZATION", "Num_Rows", "ÄRA"]).ignore_case();
    let step =
        rows().occurred().with("Authorization", "s").with("headers", json!({ "authorization": ["s"], "ära": 1 }));
    step.with("authorizations", "kept").commit(sink::adapt(&mut log).redact_by(hidden.clone()))?;
    let context = json!({
        "Authorization": REDACTED, "authorizations": "kept", "headers": { "authorization": REDACTED, "ära": REDACTED },
    });
    assert_eq!(serde_json::to_value(&log[0].context)?, context);
    assert_eq!(log[0].properties.as_ref().and_then(|properties| properties.get("num_rows")), Some(&REDACTED.into()));
    // Without it, case matters, and the order of the calls does not.
    Login
        .occurred()
        .with("Authorization", "s")
        .commit(sink::adapt(&mut log).redact_by(Redact::keys(["authorization"])))?;
    assert_eq!(log[1].context.get("Authorization"), Some(&"s".into()));
    let log_of = |hidden: Redact| -> Result<Record, Box<dyn std::error::Error>> {
        let mut log: Vec<Record> = Vec::new();
        Login.occurred().by("ann").with("B", 1).commit(sink::adapt(&mut log).redact_by(hidden))?;
        Ok(log.remove(0))
    };
    let (one, other) =
        (log_of(Redact::keys(["b"]).actor().ignore_case())?, log_of(Redact::keys(["b"]).ignore_case().actor())?);
    assert_eq!((&one.context, &one.actor), (&other.context, &other.actor));
    assert_eq!(one.context.get("B"), Some(&REDACTED.into()));
    Ok(())
}

#[test]
fn redact_by_hides_actor_and_reason_and_the_trail_still_verifies() -> Tested {
    let hidden = Redact::default().actor().reason();
    let mut lines = JsonLines::new(Vec::new());
    let (report, mut log) = draft();
    let ann = Actor::service("mailer").named("Mailer").on_behalf_of(Actor::user(17).named("Ann Smith"));
    let report = report.submit("bob".into(), None).by(&ann).because("it is ready");
    let report = report.commit(sink::adapt(&mut log).redact_by(hidden.clone()))?;
    let expected = Actor::service(REDACTED).named(REDACTED).on_behalf_of(Actor::user(REDACTED).named(REDACTED));
    assert_eq!((log[1].actor.as_ref(), log[1].reason.as_deref()), (Some(&expected), Some(REDACTED)));
    // The requirement and the permission are checked on the unredacted step.
    let denied =
        report.reject().by("ann").because("no sources").commit(sink::adapt(&mut log).redact_by(hidden.clone()));
    drop(denied);
    for record in &log {
        lines.on_success(record)?;
    }
    assert_eq!(AnyReport::replay(Report::titled("Water"), &log)?.version(), log.len() as u64);
    let text = String::from_utf8(lines.into_inner()?)?;
    for (line, record) in text.lines().zip(&log) {
        assert_eq!(&serde_json::from_str::<Record>(line)?, record, "the canonical form holds");
    }
    for secret in ["Ann Smith", "\"id\":17", "mailer", "Mailer", "it is ready", "no sources"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    Ok(())
}

#[test]
fn redact_by_hides_the_actor_that_an_adaptor_further_in_fills_in() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let record = redacted(Login, &[]);
    let scope = sink::Scope::new().by("bob");
    sink::adapt(&mut log).by("ann").redact_by(Redact::default().actor()).on_success(&record)?;
    sink::adapt(&mut log).scoped(&scope).redact_by(Redact::default().actor()).on_success(&record)?;
    sink::adapt(&mut log).by("ann").redact_by(Redact::default().reason()).on_success(&record)?;
    Login.occurred().commit(sink::adapt(&mut log).by("ann").redact_by(Redact::default().actor()))?;
    let actors: Vec<_> = log.iter().map(|record| record.actor.clone()).collect();
    let hidden = Some(Actor::user(REDACTED));
    assert_eq!(actors, [hidden.clone(), hidden.clone(), Some("ann".into()), hidden]);
    // An absent value is not invented, and a blank one stays blank.
    Login.occurred().because(" ").commit(sink::adapt(&mut log).redact_by(Redact::default().actor().reason()))?;
    assert_eq!((&log[4].actor, log[4].reason.as_deref()), (&None, Some(" ")));
    Ok(())
}
