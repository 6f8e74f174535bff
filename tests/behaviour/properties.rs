//! Random walks: the two layers agree, state and log agree whatever the sink does, and time never decreases.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use tollgate::chrono::{DateTime, TimeDelta, Utc};
use tollgate::{BatchSink, JsonLines, Record};

use crate::trail::{said, versions};
use crate::walkers::{Attempt, CupState, EngineState, MeshState, Mood, Moody, Outcome, RingState, TreeState, Walked};

fn attempts(at: impl Strategy<Value = Option<DateTime<Utc>>>) -> impl Strategy<Value = Vec<Attempt>> {
    let actor = prop_oneof![8 => Just("ann"), 1 => Just(" ")];
    let attempt = (0_usize..60, 0_u32..100, at, actor);
    prop::collection::vec(attempt.prop_map(|(pick, number, at, actor)| Attempt { pick, number, at, actor }), 0..50)
}

/// Explicit times: most increase, some decrease.
fn given() -> impl Strategy<Value = Option<DateTime<Utc>>> {
    let later = Utc::now() + TimeDelta::days(1);
    (0_i64..1000).prop_map(move |seconds| Some(later + TimeDelta::seconds(seconds)))
}

/// Times that are explicit or of the clock, before and after the present.
fn mixed() -> impl Strategy<Value = Option<DateTime<Utc>>> {
    let now = Utc::now();
    prop_oneof![Just(None), (-50_i64..50).prop_map(move |millis| Some(now + TimeDelta::milliseconds(millis)))]
}

fn moods() -> impl Strategy<Value = Vec<Mood>> {
    let mood = prop_oneof![3 => Just(Mood::Accept), 1 => Just(Mood::Refuse), 1 => Just(Mood::Lose)];
    prop::collection::vec(mood, 0..80)
}

/// Returns a machine whose first record was accepted, and a sink that then follows the moods.
fn begun<M: Walked>(moods: &[Mood]) -> (M::Any, Moody) {
    let mut sink = Moody::default();
    let any = M::begin(&mut sink);
    sink.moods.extend(moods);
    (any, sink)
}

/// Returns the kind and the error text of an outcome, and the machine.
fn told<M: Walked>(outcome: Outcome<M::Any>) -> (&'static str, String, M::Any) {
    match outcome {
        Outcome::Moved(any) => ("moved", String::new(), any),
        Outcome::Refused(any, words) => ("refused", words, any),
        Outcome::Illegal(any) => ("illegal", String::new(), any),
    }
}

/// Asserts that both layers have the same outcome for each attempt, and write the same records.
fn layers_agree<M: Walked>(attempts: &[Attempt], moods: &[Mood]) -> TestCaseResult {
    let (mut typed, mut typed_sink) = begun::<M>(moods);
    let (mut fired, mut fired_sink) = begun::<M>(moods);
    for attempt in attempts {
        let is_listed = M::names(&fired).contains(&M::transition(attempt));
        let (typed_kind, typed_words, typed_any) = told::<M>(M::typed(typed, attempt, &mut typed_sink));
        let (fired_kind, fired_words, fired_any) = told::<M>(M::fired(fired, attempt, &mut fired_sink));
        prop_assert_eq!((typed_kind, typed_words), (fired_kind, fired_words));
        prop_assert_eq!(is_listed, fired_kind != "illegal");
        let (typed_place, fired_place) = (M::whereabouts(typed_any), M::whereabouts(fired_any));
        prop_assert_eq!(&typed_place, &fired_place);
        let last = typed_sink.log.last().map(|record| record.at);
        typed = M::again(typed_place.0, typed_place.1, last);
        fired = M::again(fired_place.0, fired_place.1, last);
    }
    // The first record has the time of the clock, which differs between the two walks.
    for (typed, fired) in typed_sink.log.iter().zip(&fired_sink.log).skip(1) {
        prop_assert_eq!((said(typed), typed.at), (said(fired), fired.at));
    }
    prop_assert_eq!(typed_sink.log.len(), fired_sink.log.len());
    let [typed, fired] = [typed_sink, fired_sink].map(|sink| sink.refusals.iter().map(said).collect::<Vec<_>>());
    prop_assert_eq!(typed, fired);
    Ok(())
}

/// Asserts that state and log agree after each attempt, whichever layer made it.
fn log_agrees<M: Walked>(attempts: &[Attempt], moods: &[Mood]) -> TestCaseResult {
    let (mut any, mut sink) = begun::<M>(moods);
    for attempt in attempts {
        let before = sink.log.len();
        let place = M::whereabouts(M::replayed(&sink.log)?);
        let outcome = if attempt.number.is_multiple_of(2) {
            M::typed(any, attempt, &mut sink)
        } else {
            M::fired(any, attempt, &mut sink)
        };
        let (kind, _, moved) = told::<M>(outcome);
        prop_assert_eq!(sink.log.len(), before + usize::from(kind == "moved"));
        let now = M::whereabouts(moved);
        prop_assert_eq!(now.1, place.1 + u64::from(kind == "moved"));
        if kind != "moved" {
            prop_assert_eq!(&now, &place);
        }
        // The log has the state with its data, and the next record is not before its last time.
        any = M::replayed(&sink.log)?;
        prop_assert_eq!(M::whereabouts(M::replayed(&sink.log)?), now);
    }
    is_a_trail(&sink.log)?;
    let mut lines = JsonLines::new(Vec::new());
    lines.on_success_all(&sink.log)?;
    let written = lines.into_inner()?;
    let read = JsonLines::read_from(&written[..]).collect::<Result<Vec<_>, _>>()?;
    prop_assert_eq!(&read, &sink.log);
    prop_assert_eq!(M::whereabouts(M::replayed(&read)?), M::whereabouts(any));
    Ok(())
}

/// Asserts the same for a machine in memory that is never replayed between its steps.
fn life_agrees<M: Walked>(attempts: &[Attempt], moods: &[Mood]) -> TestCaseResult {
    let (mut any, mut sink) = begun::<M>(moods);
    for attempt in attempts {
        let is_typed = attempt.number.is_multiple_of(2);
        let outcome = if is_typed { M::typed(any, attempt, &mut sink) } else { M::fired(any, attempt, &mut sink) };
        any = told::<M>(outcome).2;
    }
    is_a_trail(&sink.log)?;
    prop_assert_eq!(M::whereabouts(M::replayed(&sink.log)?), M::whereabouts(any));
    Ok(())
}

/// Asserts versions without gaps, times that do not decrease, unique ids, and records that begin at the last target.
fn is_a_trail(log: &[Record]) -> TestCaseResult {
    prop_assert_eq!(versions(log), (1..=log.len() as u64).collect::<Vec<_>>());
    prop_assert!(log.is_sorted_by_key(|record| record.at), "time went back");
    prop_assert_eq!(log.iter().map(|record| record.id).collect::<BTreeSet<_>>().len(), log.len());
    prop_assert!(log.windows(2).all(|pair| pair[0].to == pair[1].from));
    prop_assert!(log.iter().all(|record| record.id.as_u128() >> 80 == record.at.timestamp_millis() as u128));
    Ok(())
}

macro_rules! walks {
    ($($name:ident: $machine:ty;)*) => {$(
        mod $name {
            use super::*;

            proptest! {
                #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

                #[test]
                fn both_layers_agree_on_every_step(attempts in attempts(given()), moods in moods()) {
                    layers_agree::<$machine>(&attempts, &moods)?;
                }

                #[test]
                fn state_and_log_agree_whatever_the_sink_does(attempts in attempts(mixed()), moods in moods()) {
                    log_agrees::<$machine>(&attempts, &moods)?;
                }

                #[test]
                fn a_long_life_leaves_a_trail_without_gaps(attempts in attempts(mixed()), moods in moods()) {
                    life_agrees::<$machine>(&attempts, &moods)?;
                }
            }
        }
    )*};
}

walks! {
    ring: RingState;
    mesh: MeshState;
    tree: TreeState;
    engine: EngineState;
    cup: CupState;
}
