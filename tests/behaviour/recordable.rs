//! Data that no reader could read back is refused before the sink is called, and the field is named.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::{Deserialize, Serialize};
use tollgate::chrono::{DateTime, TimeDelta, Utc};
use tollgate::serde_json::{self, Value, json};
use tollgate::sink::Scope;
use tollgate::uuid::Uuid;
use tollgate::{
    Actor, Cause, CommitError, Context, Digest, Event, Id, JsonLines, NoAudit, Record, Sink, StateMachine, SubjectRef,
    commit::Steps, commit_all, sink,
};

use crate::Tested;
use crate::report::{draft, in_review};

/// Lists in lists.
fn nested(levels: usize) -> Value {
    (0..levels).fold(Value::Null, |inner, _| Value::Array(vec![inner]))
}

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(fill, from = Empty | Full, to = Full)]
#[transition(end, from = Full, to = Ended)]
enum BoxState {
    #[state(initial)]
    Empty,
    #[state(record)]
    Full { body: Value, weight: f64 },
    #[state(terminal)]
    Ended,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
struct Received {
    body: Value,
    weight: f64,
}

/// Returns the text of a refusal of data. Asserts that the sink was not called.
fn refusal<S: Steps + Debug, T: Debug>(outcome: Result<T, CommitError<S, Called>>) -> String {
    match outcome.map_err(CommitError::into_cause) {
        Err(Cause::Data(error)) => format!("{}: {}", error.field, error.why),
        other => format!("{other:?}"),
    }
}

/// The sink was called.
#[derive(Debug)]
struct Called;

fn uncalled() -> impl Sink<Error = Called> {
    sink::from_fn(|_: &Record| Err(Called))
}

const TOO_DEEP: &str = "it is nested more than 64 levels deep; record a part of it, or its text";
const NAN: &str = "NaN has no form in JSON; record a text, or leave it out";

#[test]
fn value_nested_64_deep_is_read_back_and_65_deep_is_refused_by_name() -> Tested {
    let mut log = JsonLines::new(Vec::new());
    let full = BoxMachine::create(Id::from(1)).commit(&mut log).map_err(|_| "created")?;
    let step = full.fill(nested(63), 0.5).with("body", nested(64));
    let full = step.commit(&mut log).map_err(|_| "64 levels, with the object of the fields")?;
    Received { body: nested(63), weight: 1.0 }
        .occurred()
        .commit(&mut log)
        .map_err(|_| "64 levels, with the object of the fields")?;
    let written = log.into_inner()?;
    let read = JsonLines::read_from(&written[..]).collect::<Result<Vec<_>, _>>()?;
    assert_eq!(read[1].context.get("body"), Some(&nested(64)));
    let AnyBox::Full(back) = AnyBox::replay(Id::from(1), &read[..2])? else { return Err("it is full".into()) };
    assert_eq!(back.data().body, nested(63));

    let refused = refusal(full.fill(nested(64), 0.5).commit(uncalled()));
    assert_eq!(refused, format!("data.body{}: {TOO_DEEP}", "[0]".repeat(63)));
    let refused = refusal(Received { body: nested(126), weight: 1.0 }.occurred().commit(uncalled()));
    assert_eq!(refused, format!("properties.body{}: {TOO_DEEP}", "[0]".repeat(64)));
    let refused = refusal(draft().0.archive().with("body", nested(65)).commit(uncalled()));
    assert_eq!(refused, format!("context.body{}: {TOO_DEEP}", "[0]".repeat(64)));
    Ok(())
}

#[test]
fn float_that_is_not_finite_is_refused_wherever_it_is() -> Tested {
    let create = || BoxMachine::create(Id::from(1)).commit(NoAudit);
    let refused = refusal(create()?.fill(Value::Null, f64::NAN).commit(uncalled()));
    assert_eq!(refused, format!("data.weight: {NAN}"));
    let refused = refusal(Received { body: Value::Null, weight: f64::NEG_INFINITY }.occurred().commit(uncalled()));
    assert_eq!(refused, "properties.weight: -inf has no form in JSON; record a text, or leave it out");
    let scores = BTreeMap::from([("ann", vec![0.5, f64::NAN])]);
    let refused = refusal(draft().0.archive().with("scores", &scores).commit(uncalled()));
    assert_eq!(refused, format!("context.scores.ann[1]: {NAN}"));

    // The last value of a key wins, even after one that was refused.
    let mut log: Vec<Record> = Vec::new();
    draft().0.archive().with("score", f32::NAN).with("score", 0.5).commit(&mut log)?;
    assert_eq!(log[0].context.get("score"), Some(&json!(0.5)));
    Ok(())
}

#[test]
fn value_that_a_sink_or_scope_fills_in_is_refused_by_name_unless_the_step_says_its_own() -> Tested {
    let refused = refusal(draft().0.archive().commit(sink::adapt(uncalled()).with("load", f64::NAN)));
    assert_eq!(refused, format!("context.load: {NAN}"));
    let request = Scope::new().with("load", f64::NAN);
    let refused = refusal(draft().0.archive().commit(sink::adapt(uncalled()).scoped(&request)));
    assert_eq!(refused, format!("context.load: {NAN}"));
    let mut log: Vec<Record> = Vec::new();
    draft().0.archive().with("load", 1).commit(sink::adapt(&mut log).scoped(&request))?;
    assert_eq!(log[0].context.get("load"), Some(&json!(1)));
    Ok(())
}

#[test]
fn keys_and_numbers_that_json_cannot_hold_are_refused_by_name() {
    fn with(value: impl Serialize) -> String {
        refusal(draft().0.archive().with("v", value).commit(uncalled()))
    }

    let inexact =
        |number: String| format!("context.v: no 64-bit integer or float holds {number} exactly; record it as a text");
    assert_eq!(with(u128::MAX), inexact(u128::MAX.to_string()));
    assert_eq!(with(i128::MIN), inexact(i128::MIN.to_string()));
    assert_eq!(
        with(BTreeMap::from([(vec![1], 1)])),
        "context.v: it has a key that is not a text, a number or a boolean"
    );
    assert_eq!(with(BTreeMap::from([("a.b", vec![f64::NAN])])), format!("context.v[\"a.b\"][0]: {NAN}"));
    let mut context = Context::default();
    let error = context.insert("a\nb", f64::NAN).expect_err("NaN");
    assert_eq!(error.to_string(), format!("`a\\nb` cannot be recorded: {NAN}"));
    assert!(context.is_empty());
}

#[test]
fn actor_who_acts_for_64_others_is_read_back_and_for_65_is_refused() -> Tested {
    let acting_for =
        |count: usize| (0..count).fold(Actor::user("ann"), |actor, _| Actor::user("bob").on_behalf_of(actor));
    let mut log: Vec<Record> = Vec::new();
    draft().0.archive().by(acting_for(64)).commit(&mut log)?;
    let read: Record = serde_json::from_slice(&log[0].canonical())?;
    assert_eq!(read, log[0]);
    assert_eq!(rmp_serde::from_slice::<Record>(&rmp_serde::to_vec(&read)?)?, read);
    let refused = refusal(draft().0.archive().by(acting_for(65)).commit(uncalled()));
    assert_eq!(refused, format!("actor.on_behalf_of: {TOO_DEEP}"));
    let refused = refusal(draft().0.archive().commit(sink::adapt(uncalled()).by(acting_for(200))));
    assert_eq!(refused, format!("actor.on_behalf_of: {TOO_DEEP}"));
    log[0].personal = vec![Digest::new([2; 32]), Digest::new([1; 32])];
    assert_eq!(log[0].check().expect_err("not ascending").field, "personal");
    Ok(())
}

#[test]
fn key_that_serde_json_reserves_is_refused_wherever_it_is() -> Tested {
    for key in ["$serde_json::private::Number", "$serde_json::private::RawValue"] {
        let body = BTreeMap::from([("a", json!(1)), (key, json!("x"))]);
        let words = format!("serde_json reserves the key `{key}`");
        let refused = refusal(draft().0.archive().with("body", &body).commit(uncalled()));
        assert_eq!(refused, format!("context.body: {words}"));
        let refused = refusal(draft().0.archive().with(key, 1).commit(uncalled()));
        assert_eq!(refused, format!("context.{key}: {words}"));
        let body = Value::Array(vec![body.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()]);
        let refused = refusal(Received { body: body.clone(), weight: 1.0 }.occurred().commit(uncalled()));
        assert_eq!(refused, format!("properties.body[0]: {words}"));
        let mut record = in_review().1.remove(1);
        record.data = Some(body);
        assert_eq!(record.check().expect_err("it is reserved").field, "data[0]");
        let line = String::from_utf8(record.canonical())?;
        assert!(serde_json::from_str::<Record>(&line).is_err(), "{line}");
    }
    Ok(())
}

#[test]
fn record_that_a_line_cannot_hold_is_refused_by_name() {
    let mut record = in_review().1.remove(1);
    record.position = Some(7);
    let error = Sink::on_success(&mut JsonLines::new(Vec::new()), &record).expect_err("a line has no position");
    assert_eq!(error.to_string(), "`position` cannot be recorded: this sink does not store it; leave it out");
    (record.position, record.version) = (None, Some(0));
    assert_eq!(record.check().expect_err("versions begin with 1").field, "version");
}

#[test]
fn actor_beyond_the_limit_is_not_read_and_so_cannot_hide_a_refusal() -> Tested {
    let actor = (0..70).fold(r#"{"kind":"user","id":1}"#.to_owned(), |actor, id| {
        format!(r#"{{"kind":"user","id":{id},"on_behalf_of":{actor}}}"#)
    });
    let error = serde_json::from_str::<Actor>(&actor).expect_err("no record holds it").to_string();
    assert!(error.contains("`actor.on_behalf_of` cannot be recorded"), "{error}");
    Ok(())
}

#[test]
fn time_outside_the_rule_is_refused_in_at_and_by_each_reader() -> Tested {
    let leap = DateTime::<Utc>::from_timestamp(1_483_228_799, 1_500_000_000).ok_or("a leap second")?;
    let far = DateTime::<Utc>::from_timestamp(253_402_300_800, 0).ok_or("the year 10000")?;
    for (at, words) in
        [(leap, "is a leap second; use the second before or after it"), (far, "is outside the years 0 to 9999")]
    {
        let refused = refusal(draft().0.archive().at(at).commit(uncalled()));
        assert!(refused.starts_with("at: ") && refused.ends_with(words), "{refused}");
        let refused = draft().0.archive().at(at).commit(NoAudit).map_err(CommitError::into_cause);
        assert!(matches!(refused, Err(Cause::Data(_))));
        let mut record = in_review().1.remove(1);
        record.at = at;
        assert_eq!(record.check().expect_err("it is outside").field, "at");
        let error = serde_json::to_string(&record).expect_err("it is not written").to_string();
        assert!(error.contains(words), "{error}");
        assert!(rmp_serde::to_vec(&record).is_err() && postcard::to_allocvec(&record).is_err());
        let line = String::from_utf8(record.canonical())?;
        let error = serde_json::from_str::<Record>(&line).expect_err("no reader takes it").to_string();
        assert!(error.contains(words) || at == far && error.contains("is not a time of RFC 3339"), "{error}");
    }
    Ok(())
}

#[test]
fn step_dated_before_the_last_one_is_refused_without_an_audit_too() -> Tested {
    let at = |seconds: i64| DateTime::<Utc>::from_timestamp(1_800_000_000 + seconds, 0);
    let created = BoxMachine::create(Id::from(1)).commit(NoAudit)?;
    let early = Utc::now() - TimeDelta::days(1);
    let refused = created.fill(Value::Null, 1.0).at(early).commit(NoAudit).expect_err("it is before");
    assert!(matches!(refused.cause(), Cause::Time { .. }), "{refused}");

    let dated = BoxMachine::create(Id::from(1)).at(at(9).ok_or("in range")?).commit(NoAudit)?;
    let step = dated.fill(Value::Null, 1.0).at(at(8).ok_or("in range")?);
    let refused = commit_all([step], NoAudit).expect_err("it is before");
    assert!(matches!(refused.cause(), Cause::Time { .. }), "{refused}");
    let [step] = refused.into_step();
    let dated = step.into_machine();
    dated.fill(Value::Null, 1.0).at(at(9).ok_or("in range")?).commit(NoAudit)?;
    Ok(())
}

#[test]
fn float_of_random_bits_is_read_back_to_the_last_bit() -> Tested {
    let mut log = JsonLines::new(Vec::new());
    let mut bits = 1_u64;
    let mut floats = Vec::new();
    while floats.len() < 20_000 {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        floats.extend(Some(f64::from_bits(bits)).filter(|float| float.is_finite()));
    }
    for (id, float) in floats.iter().enumerate() {
        let empty = BoxMachine::create(Id::from(id)).commit(&mut log).map_err(|_| "created")?;
        empty.fill(Value::from(*float), *float).commit(&mut log).map_err(|_| "filled")?;
    }
    let read = JsonLines::read_from(&log.into_inner()?[..]).collect::<Result<Vec<_>, _>>()?;
    for ((id, float), records) in floats.iter().enumerate().zip(read.chunks_exact(2)) {
        let AnyBox::Full(back) = AnyBox::replay(Id::from(id), records)? else { return Err("it is full".into()) };
        assert_eq!(back.data().weight.to_bits(), float.to_bits());
        assert_eq!(back.data().body.as_f64().map(f64::to_bits), Some(float.to_bits()));
    }
    Ok(())
}

#[test]
fn control_characters_in_ids_and_reasons_are_escaped_for_people() -> Tested {
    let id = Id::from("7\nPaid 8\u{1b}[2J");
    assert_eq!((id.to_string(), format!("{id:?}")), ("7\\nPaid 8\\u{1b}[2J".into(), "\"7\\nPaid 8\\u{1b}[2J\"".into()));
    let actor = Actor::user(id.clone()).on_behalf_of(Actor::service(1).named("a\rb"));
    assert_eq!(actor.to_string(), "7\\nPaid 8\\u{1b}[2J for service a\\rb");
    let about = SubjectRef { kind: "A\nB".into(), id: id.clone() };
    assert_eq!(about.to_string(), "A\\nB 7\\nPaid 8\\u{1b}[2J");

    let created = BoxMachine::create(id).commit(NoAudit)?;
    let words = [format!("{created:?}"), format!("{:?}", AnyBox::from(created))];
    for words in words {
        assert!(words.contains("7\\nPaid 8") && !words.contains(char::is_control), "{words:?}");
    }
    let step = BoxMachine::create(Id::from("\n")).with("x", f64::NAN);
    assert!(!format!("{step:?}").contains('\n'));
    let refused = step.commit(NoAudit).expect_err("NaN");
    assert!(!refused.to_string().contains('\n') && !format!("{refused:?}").contains('\n'), "{refused}");
    Ok(())
}

#[test]
fn record_in_binary_formats_is_read_back_equal() -> Tested {
    let mut records = in_review().1;
    records[1].reason = None;
    records[1].context.insert("b", json!({ "z": 1.5, "a": [u64::MAX, null] }))?;
    records[1].actor = Some(Actor::service(Uuid::from_u128(7)).on_behalf_of(Actor::user(7).named("Ann")));
    for record in records {
        assert_eq!(rmp_serde::from_slice::<Record>(&rmp_serde::to_vec(&record)?)?, record, "compact MessagePack");
        assert_eq!(rmp_serde::from_slice::<Record>(&rmp_serde::to_vec_named(&record)?)?, record);
        let mut cbor = Vec::new();
        ciborium::into_writer(&record, &mut cbor)?;
        assert_eq!(ciborium::from_reader::<Record, _>(&cbor[..])?, record, "CBOR");
        assert_eq!(postcard::from_bytes::<Record>(&postcard::to_allocvec(&record)?)?, record, "postcard");

        let parts = (record.actor.clone(), record.context.clone(), record.subject.clone(), record.chart);
        let back: (Option<Actor>, Context, Option<SubjectRef>, Option<Digest>) =
            rmp_serde::from_slice(&rmp_serde::to_vec(&parts)?)?;
        assert_eq!(back, parts, "the parts of a record");
        assert_eq!(postcard::from_bytes(&postcard::to_allocvec(&parts)?), Ok(parts));
    }
    Ok(())
}
