//! A line that a sink writes equals, byte for byte, the output of serde for the record.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use tollgate::chrono::{DateTime, Utc};
use tollgate::serde_json::{Map, Number, Value};
use tollgate::uuid::Uuid;
use tollgate::{Actor, ActorKind, Digest, Id, JsonLines, Record, RecordKind, Sink, SubjectRef};

use crate::Tested;
use crate::report::in_review;

/// Returns the lines of the sink and of serde.
fn lines(record: &Record) -> Result<(String, String), Box<dyn std::error::Error>> {
    let mut log = JsonLines::new(Vec::new());
    Sink::on_success(&mut log, record)?;
    Ok((String::from_utf8(log.into_inner()?)?, serde_json::to_string(record)? + "\n"))
}

fn record() -> Record {
    in_review().1.remove(1)
}

#[test]
fn every_character_is_escaped_as_serde_does_wherever_it_stands() -> Tested {
    let characters = (0..=0x00ff).chain([0x2028, 0x2029, 0xffff, 0x1f600]).filter_map(char::from_u32);
    for character in characters {
        for before in 0..18 {
            for after in [0, 1, 7, 8] {
                let mut record = record();
                let text = format!("{}{character}{}", "a".repeat(before), "b".repeat(after));
                record.reason = Some(text.clone());
                record.context.insert(text, Value::Null)?;
                let (ours, theirs) = lines(&record)?;
                assert_eq!(ours, theirs);
            }
        }
    }
    Ok(())
}

#[test]
fn integers_of_every_length_are_written_as_serde_does() -> Tested {
    let mut record = record();
    for digits in 0..20_u32 {
        let power = 10_u64.pow(digits);
        for number in [power - 1, power, power + 1, power.saturating_mul(9), u64::MAX, i64::MIN.unsigned_abs()] {
            record.version = Some(number.max(1));
            record.context.insert("number", number)?;
            record.context.insert("negative", 0_i64.wrapping_sub_unsigned(number))?;
            record.subject = Some(SubjectRef { kind: "Report".into(), id: number.into() });
            record.actor = Some(Actor::user(0_i64.wrapping_sub_unsigned(number)));
            let (ours, theirs) = lines(&record)?;
            assert_eq!(ours, theirs);
        }
    }
    Ok(())
}

#[test]
fn lines_of_every_length_stand_one_after_the_other() -> Tested {
    let mut log = JsonLines::new(Vec::new());
    let mut expected = String::new();
    let mut record = record();
    for length in (0..900).chain(3_000..3_100).chain([20_000, 200_000]) {
        record.reason = Some("é".repeat(length / 2) + &"a".repeat(length % 2));
        record.refusal = Some("\n".repeat(length / 100));
        Sink::on_success(&mut log, &record)?;
        expected.push_str(&serde_json::to_string(&record)?);
        expected.push('\n');
    }
    assert!(log.into_inner()? == expected.as_bytes(), "the lines differ");
    Ok(())
}

/// Texts with a character that must be escaped at each position.
fn text() -> impl Strategy<Value = String> {
    let hostile =
        prop::sample::select(vec!['"', '\\', '\u{0}', '\u{1f}', '\n', '\u{7f}', '\u{2028}', 'é', '\u{1f600}']);
    prop_oneof![
        3 => "[a-z ]{0,40}",
        1 => any::<String>(),
        2 => vec(prop_oneof![3 => prop::char::range(' ', '~'), 1 => hostile], 0..40)
            .prop_map(|characters| characters.into_iter().collect()),
    ]
}

fn id() -> impl Strategy<Value = Id> {
    prop_oneof![
        any::<i64>().prop_map(Id::from),
        any::<u64>().prop_map(Id::from),
        any::<u128>().prop_map(|bits| Id::from(Uuid::from_u128(bits))),
        text().prop_map(Id::from),
    ]
}

fn actor() -> impl Strategy<Value = Actor> {
    let kind = prop::sample::select(vec![ActorKind::User, ActorKind::Service, ActorKind::System]);
    let one = (kind, id(), option::of(text())).prop_map(|(kind, id, display)| {
        let mut actor = Actor::user(id);
        (actor.kind, actor.display) = (kind, display);
        actor
    });
    vec(one, 1..4).prop_map(|actors| {
        actors.into_iter().reduce(|principal, actor| actor.on_behalf_of(principal)).expect("one at least")
    })
}

fn number() -> impl Strategy<Value = Number> {
    let floats = prop::sample::select(vec![-0.0, 0.0, 1.0, 1e16, -1e300, f64::MIN_POSITIVE, f64::MAX, 0.1]);
    let float = prop_oneof![any::<f64>(), floats].prop_filter_map("JSON has no such number", Number::from_f64);
    let whole = prop::sample::select(vec![i64::MIN, -1, 0, i64::MAX]).prop_map(Number::from);
    prop_oneof![any::<u64>().prop_map(Number::from), any::<i64>().prop_map(Number::from), whole, float]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number().prop_map(Value::Number),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            btree_map(text(), inner, 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn at() -> impl Strategy<Value = DateTime<Utc>> {
    // The years 0 to 9999.
    (-62_167_219_200..253_402_300_800_i64, 0..1_000_000_000_u32, any::<bool>()).prop_filter_map(
        "not a time",
        |(second, nanos, is_near)| {
            let second = if is_near { second.rem_euclid(4_000_000_000) } else { second };
            DateTime::from_timestamp(second, nanos)
        },
    )
}

fn digest() -> impl Strategy<Value = Option<Digest>> {
    option::of(any::<[u8; 32]>().prop_map(Digest::new))
}

prop_compose! {
    /// Every field by itself, present or absent: more than any commit makes.
    fn records()(
        (id, at, kind) in (any::<u128>(), at(), 0..5_usize),
        subject in option::of((text(), self::id())),
        (chart, prev, version) in (digest(), digest(), option::of(1..=u64::MAX)),
        texts in prop::array::uniform8(option::of(text())),
        actor in option::of(actor()),
        context in btree_map(text(), value(), 0..4),
        (data, properties) in (option::of(value()), option::of(value())),
    ) -> Record {
        let mut record = record();
        record.id = Uuid::from_u128(id);
        record.at = at;
        record.kind = [
            RecordKind::Creation,
            RecordKind::Transition,
            RecordKind::Event,
            RecordKind::Refusal,
            RecordKind::Adoption,
        ][kind];
        record.subject = subject.map(|(kind, id)| SubjectRef { kind: kind.into(), id });
        (record.chart, record.prev, record.version) = (chart, prev, version);
        let [machine, transition, from, to, event, refused_by, reason, refusal] = texts;
        record.machine = machine.map(Into::into);
        record.transition = transition.map(Into::into);
        record.from = from.map(Into::into);
        record.to = to.map(Into::into);
        record.event = event.map(Into::into);
        record.refused_by = refused_by.map(Into::into);
        (record.reason, record.refusal) = (reason, refusal);
        record.actor = actor;
        for (key, value) in context {
            record.parameters.insert(key.clone(), value.clone()).expect("a record can hold it");
            record.context.insert(key, value).expect("a record can hold it");
        }
        record.personal = chart.into_iter().collect();
        (record.data, record.properties) = (data, properties);
        record
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn record_as_canonical_line_is_what_serde_writes_and_reads_back_equal(record in records()) {
        let (ours, theirs) = lines(&record).expect("memory takes all");
        prop_assert_eq!(&ours, &theirs);
        prop_assert_eq!(record.check(), Ok(()));
        let back: Record = serde_json::from_str(&ours)?;
        prop_assert_eq!(&back, &record);
        prop_assert_eq!(back.canonical(), ours.trim_end().as_bytes());
    }
}
