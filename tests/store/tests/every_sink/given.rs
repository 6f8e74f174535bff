//! One test case: the values that are committed, and the outcome of each commit.

use std::fmt::Display;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use tollgate::chrono::{DateTime, Utc};
use tollgate::serde::de::{self, Deserialize, Deserializer};
use tollgate::serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use tollgate::serde_json::Value;
use tollgate::uuid::Uuid;
use tollgate::{Actor, AsyncSink, Cause, CommitError, Event, Id, Record, Sink, StateMachine, sink};
use tollgate_store_tests::Tested;

/// A value of the application, which may be more than JSON can hold.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Integer(i64),
    Large(u64),
    Huge(i128),
    Float(f64),
    Text(String),
    List(Vec<Tree>),
    /// A map, in which keys may occur twice.
    Map(Vec<(String, Tree)>),
    /// A map with a key that JSON does not have.
    OddKey(Box<Tree>),
    Deep(usize),
    /// A value that was read back.
    Read(Value),
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Tree::Null => serializer.serialize_unit(),
            Tree::Bool(value) => serializer.serialize_bool(*value),
            Tree::Integer(value) => serializer.serialize_i64(*value),
            Tree::Large(value) => serializer.serialize_u64(*value),
            Tree::Huge(value) => serializer.serialize_i128(*value),
            Tree::Float(value) => serializer.serialize_f64(*value),
            Tree::Text(value) => serializer.serialize_str(value),
            Tree::List(items) => items.serialize(serializer),
            Tree::Map(entries) => {
                let mut map = serializer.serialize_map(None)?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Tree::OddKey(value) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry(&[1, 2], value)?;
                map.end()
            }
            Tree::Deep(0) => serializer.serialize_str("deep"),
            Tree::Deep(levels) => {
                let mut list = serializer.serialize_seq(Some(1))?;
                list.serialize_element(&Tree::Deep(levels - 1))?;
                list.end()
            }
            Tree::Read(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Tree::Read).map_err(de::Error::custom)
    }
}

#[derive(Debug, Clone, StateMachine)]
#[transition(fill, from = Empty | Filled, to = Filled)]
#[transition(never, from = Empty | Filled, to = Sealed, guard = refuses)]
pub(crate) enum BoxState {
    #[state(initial)]
    Empty,
    #[state(record)]
    Filled { body: Tree, weight: f64 },
    #[state(terminal)]
    Sealed,
}

/// The text of the guard's error.
pub(crate) const NEVER: &str = "it is \"never\" sealed\n";

fn refuses(_: &Id) -> Result<(), &'static str> {
    Err(NEVER)
}

#[derive(Debug, Clone, Event, tollgate::serde::Serialize, tollgate::serde::Deserialize)]
#[serde(crate = "tollgate::serde")]
pub(crate) struct Received {
    body: Tree,
    weight: f64,
}

/// One test case.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    id: Id,
    actor: Actor,
    reason: Option<String>,
    key: String,
    context: Tree,
    body: Tree,
    weight: f64,
    at: Option<DateTime<Utc>>,
}

impl Given {
    /// Returns the same case with a subject that no other case has.
    pub(crate) fn distinct(mut self, number: usize) -> Self {
        self.id = match self.id.as_str() {
            Some(text) => format!("{text}{number}").into(),
            None => self.id,
        };
        self
    }
}

fn text() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        '"', '\\', '\u{0}', '\u{1f}', '\n', '\r', '\u{7f}', '\u{85}', '\u{2028}', '\u{202e}', '\u{feff}', 'é', '🦀',
        '\u{ffff}',
    ]);
    prop_oneof![
        4 => "[a-z ]{0,20}",
        2 => any::<String>(),
        2 => vec(prop_oneof![3 => prop::char::range(' ', '~'), 1 => hostile], 0..30)
            .prop_map(|characters| characters.into_iter().collect()),
        1 => "-?[0-9]{1,20}",
        1 => (1_000_usize..20_000).prop_map(|length| "long ".repeat(length / 5)),
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
    (id(), option::of(text()), 0..3_u8, option::of(id())).prop_map(|(id, display, kind, principal)| {
        let actor = match kind {
            0 => Actor::user(id),
            1 => Actor::service(id),
            _ => Actor::system(id),
        };
        let actor = display.into_iter().fold(actor, Actor::named);
        principal.into_iter().fold(actor, |actor, principal| actor.on_behalf_of(Actor::user(principal)))
    })
}

fn float() -> impl Strategy<Value = f64> {
    let special =
        vec![0.0, -0.0, 1.0, 1e15, 1e16, 1e-5, 1e-6, 5e-324, f64::MAX, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    prop_oneof![6 => any::<u64>().prop_map(f64::from_bits), 2 => prop::sample::select(special), 2 => -1e6..1e6]
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        2 => Just(Tree::Null),
        2 => any::<bool>().prop_map(Tree::Bool),
        4 => any::<i64>().prop_map(Tree::Integer),
        4 => any::<u64>().prop_map(Tree::Large),
        1 => any::<i128>().prop_map(Tree::Huge),
        6 => float().prop_map(Tree::Float),
        8 => text().prop_map(Tree::Text),
        2 => prop_oneof![0..80_usize, Just(62), Just(63), Just(64), Just(65), Just(126)].prop_map(Tree::Deep),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            8 => vec(inner.clone(), 0..4).prop_map(Tree::List),
            8 => vec((text(), inner.clone()), 0..4).prop_map(Tree::Map),
            1 => inner.prop_map(|value| Tree::OddKey(Box::new(value))),
        ]
    })
}

/// Generates mostly times with four-digit years; some that no record can hold, some within a leap second.
fn at() -> impl Strategy<Value = DateTime<Utc>> {
    let seconds = prop_oneof![
        6 => 0..4_000_000_000_i64,
        2 => -62_167_219_200..253_402_300_800_i64,
        1 => DateTime::<Utc>::MIN_UTC.timestamp()..DateTime::<Utc>::MAX_UTC.timestamp(),
        1 => (0..60_000_000_i64).prop_map(|minute| minute * 60 + 59),
    ];
    (seconds, 0..1_000_000_000_u32, any::<bool>()).prop_map(|(seconds, nanos, leaps)| {
        let leap = if leaps && seconds.rem_euclid(60) == 59 { 1_000_000_000 } else { 0 };
        DateTime::from_timestamp(seconds, nanos + leap).unwrap_or_default()
    })
}

pub(crate) fn given() -> impl Strategy<Value = Given> {
    (id(), actor(), option::of(text()), text(), tree(), tree(), float(), option::of(at())).prop_map(
        |(id, actor, reason, key, context, body, weight, at)| Given {
            id,
            actor,
            reason,
            key,
            context,
            body,
            weight,
            at,
        },
    )
}

/// The outcome of the commits of a case.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The successes that the sink accepted, in order.
    pub(crate) accepted: Vec<Record>,
    /// The errors of the commits that failed, except those of the guard.
    pub(crate) refused: Vec<String>,
    /// The subject and its body, if it was filled and the guard then refused the next step.
    pub(crate) left: Option<(Id, Tree)>,
}

/// Sets actor, reason, context and time of a step.
macro_rules! said {
    ($given:expr, $step:expr) => {{
        let given = $given;
        let mut step = $step.by(&given.actor).with(given.key.clone(), &given.context);
        if let Some(reason) = &given.reason {
            step = step.because(reason.clone());
        }
        if let Some(at) = given.at {
            step = step.at(at);
        }
        step
    }};
}

/// Notes the outcome, and returns the value of a success.
fn note<T, S, E: Display>(told: &mut Told, outcome: Result<T, CommitError<S, E>>) -> Option<T> {
    match outcome.map_err(CommitError::into_cause) {
        Ok(moved) => Some(moved),
        Err(Cause::Data(error)) => {
            told.refused.push(error.to_string().replacen('`', "", 1));
            None
        }
        Err(Cause::Guard { .. }) => None,
        Err(cause) => {
            told.refused.push(cause.to_string());
            None
        }
    }
}

/// Defines the commits of a case, for a sink of either kind.
macro_rules! commits {
    ($given:expr, $sink:expr, $commit:ident $(, $wait:tt)?) => {{
        let (given, mut told) = ($given, Told::default());
        let mut accepted: Vec<Record> = Vec::new();
        macro_rules! commit {
            ($step:expr) => {{
                let watched = sink::adapt($sink).observed_by(|record: &Record| accepted.push(record.clone()));
                let outcome = said!(given, $step).$commit(watched)$(.$wait)?;
                note(&mut told, outcome)
            }};
        }
        if let Some(empty) = commit!(BoxMachine::create(given.id.clone())) {
            let any = match commit!(empty.fill(given.body.clone(), given.weight)) {
                Some(filled) => {
                    let event = Received { body: given.context.clone(), weight: given.weight };
                    let _ = commit!(event.occurred().about(&filled));
                    Some(AnyBox::from(filled))
                }
                None => None,
            };
            if let Some(AnyBox::Filled(filled)) = any {
                told.left = Some((given.id.clone(), given.body.clone()));
                if commit!(filled.never()).is_some() {
                    return Err("the guard refuses each".into());
                }
            }
        }
        told.accepted = accepted;
        Ok(told)
    }};
}

pub(crate) fn commit<S>(given: &Given, sink: S) -> Tested<Told>
where
    S: Sink,
    for<'s> &'s mut S: Sink<Error = S::Error>,
    S::Error: Display,
{
    let mut sink = sink;
    commits!(given, &mut sink, commit)
}

pub(crate) async fn commit_async<S>(given: &Given, sink: S) -> Tested<Told>
where
    S: AsyncSink + Copy + Send,
    S::Error: Display,
{
    commits!(given, sink, commit_async, await)
}
