//! Replay: restores a subject from its records in a log, each checked against the chart.

use std::borrow::Borrow;

use super::any::{NotAState, restore};
use super::{IncomingSubject, LastRecord, StateMachine};
use crate::chart::{Chart, Edge, Requirement};
use crate::record::{CREATE, Printable, Record, RecordKind, SubjectRef, Timestamp};

/// The error of `replay`: the position of the first record that does not fit, and the reason.
///
/// If the chart has changed since the record was written, see [which changes old records
/// survive](crate::guide::changing_a_chart).
#[derive(Debug, thiserror::Error)]
#[error("{}{why}", prefix(*position, *version, why))]
#[non_exhaustive]
pub struct ReplayError {
    /// The position in the given records, counted from 1. If no record is about the subject, it is one past the last.
    pub position: usize,
    /// The version in the record.
    pub version: Option<u64>,
    /// The reason. The text of this error contains its text.
    pub why: Misfit,
}

/// The reason why a record does not fit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// No record is about the subject.
    #[error("no record of the machine `{machine}` is about {}{}", named(subject), like.as_ref().map(|like| format!("; one is about {like}")).unwrap_or_default())]
    NoRecord {
        /// The machine that is replayed.
        machine: &'static str,
        /// The subject that is replayed.
        subject: SubjectRef,
        /// The subject of a record of this machine whose id looks the same: `Order "7"` if no record is about `Order 7`.
        like: Option<String>,
    },
    /// The subject's first record is not that of its creation.
    #[error("the subject has not been created")]
    NeverCreated,
    /// There is a second record of a creation.
    #[error("the subject is already created by an earlier record")]
    CreatedTwice,
    /// The record has the same machine and id, but another kind of subject. It is not skipped, because it could be the
    /// same subject under a former name. A program that renames the kind keeps the recorded name by
    /// `#[subject(kind = "..")]`. Two machines in one log need different names: `#[machine(name = "..")]`.
    #[error(
        "it is about {found}, not {}; set `#[subject(kind = ..)]` if the kind was renamed, else `#[machine(name = ..)]`",
        named(expected)
    )]
    Subject {
        /// The subject that is replayed.
        expected: SubjectRef,
        /// The subject of the record. An id that is a text is in quotes, an integer is not.
        found: String,
    },
    /// The record does not name its machine or its subject, and could be about this subject.
    #[error("it has no {missing}; the record of a change must name it")]
    Unnamed {
        /// The missing part: `machine` or `subject`.
        missing: &'static str,
    },
    /// The record's version is not the next one.
    #[error("its version is {}, and {expected} is next", found.map_or("absent".to_owned(), |found| found.to_string()))]
    Version {
        /// The next version.
        expected: u64,
        /// The version of the record.
        found: Option<u64>,
    },
    /// The record's time is before that of the record before it.
    #[error("its time {found} is before the last record's, {last}")]
    Time {
        /// The time of the last record.
        last: Timestamp,
        /// The time of the record.
        found: Timestamp,
    },
    /// The record leaves a state other than the subject's state.
    #[error("it leaves {}, and the subject was in `{expected}`", found.as_deref().map_or("no state".to_owned(), |found| format!("`{}`", Printable(found))))]
    From {
        /// The state in which the subject was.
        expected: &'static str,
        /// The state that the record names.
        found: Option<String>,
    },
    /// The chart has no such edge.
    #[error("{machine} has no edge `{}` from `{from}` to `{}`", Printable(transition), Printable(to))]
    Edge {
        /// The machine.
        machine: &'static str,
        /// The transition that the record names.
        transition: String,
        /// The state in which the subject was.
        from: &'static str,
        /// The state that the record names.
        to: String,
    },
    /// The subject cannot be created in this state.
    #[error("a subject is not created in `{}`; it is created in {}", Printable(state), initial.join(", "))]
    NotInitial {
        /// The state that the record names.
        state: String,
        /// The initial states.
        initial: Vec<&'static str>,
    },
    /// The record does not have the actor or the reason that the transition requires.
    #[error("`{transition}` requires {requirement}, and the record has none")]
    Requirement {
        /// The transition.
        transition: &'static str,
        /// The missing part.
        requirement: Requirement,
    },
    /// The state that the record reaches cannot be restored.
    #[error(transparent)]
    State(#[from] NotAState),
}

/// The state after the records so far.
#[derive(Clone, Copy)]
struct ReplayPosition {
    state: usize,
    version: u64,
    at: Timestamp,
    /// Whether the data is that of the record before.
    keeps_data: bool,
}

/// Returns the machine as the records of the subject leave it. Skips refusals, events, and the changes of other
/// machines and of other ids.
#[doc(hidden)]
pub fn replay<M, I>(subject: M::Subject, records: I) -> Result<M::Any, ReplayError>
where
    M: StateMachine,
    I: IntoIterator,
    I::Item: Borrow<Record>,
{
    let expected = M::subject_ref(&subject);
    let mut replayed: Option<ReplayPosition> = None;
    // The record that holds the data of the present state.
    let mut data_record: Option<(usize, I::Item)> = None;
    let mut like = None;
    let mut position = 0;
    for item in records {
        position += 1;
        let record = item.borrow();
        if !record.is_change() {
            continue;
        }
        let misfit = |why| ReplayError { position, version: record.version, why };
        if !is_relevant(M::CHART, &expected, record).map_err(misfit)? {
            if replayed.is_none() && like.is_none() {
                like = looks_like(M::CHART, &expected, record);
            }
            continue;
        }
        let next = apply_record(M::CHART, replayed, record).map_err(misfit)?;
        if record.data.is_some() || !next.keeps_data {
            data_record = Some((position, item));
        }
        replayed = Some(next);
    }
    let (Some(replayed), Some((position, data_record))) = (replayed, data_record) else {
        let why = Misfit::NoRecord { machine: M::CHART.machine, subject: expected, like };
        return Err(ReplayError { position: position + 1, version: None, why });
    };
    let record = data_record.borrow();
    let state = restore(M::CHART.states[replayed.state].name, record.data.as_ref()).map_err(|why| ReplayError {
        position,
        version: record.version,
        why: why.into(),
    })?;
    let last_record = LastRecord::new(replayed.version, replayed.at, None);
    Ok(M::enter(IncomingSubject::new(subject, last_record), state))
}

/// Returns whether the change is one of this machine and subject. If that is uncertain, the record is refused: if it were
/// skipped, the subject could be restored in a former state.
fn is_relevant(chart: &Chart, expected: &SubjectRef, record: &Record) -> Result<bool, Misfit> {
    let is_of_another_machine = record.machine.is_some() && !is_of(chart, record);
    let is_of_another_subject = record.subject.as_ref().is_some_and(|subject| subject.id != expected.id);
    if is_of_another_machine || is_of_another_subject {
        return Ok(false);
    }
    if record.machine.is_none() {
        return Err(Misfit::Unnamed { missing: "machine" });
    }
    let subject = record.subject.as_ref().ok_or(Misfit::Unnamed { missing: "subject" })?;
    if is_about(chart, record, expected) {
        return Ok(true);
    }
    Err(Misfit::Subject { expected: expected.clone(), found: named(subject) })
}

/// Returns the subject of a record of this machine, if its id looks the same: the integer 7 and the text `7`.
fn looks_like(chart: &Chart, expected: &SubjectRef, record: &Record) -> Option<String> {
    let subject = record.subject.as_ref().filter(|_| is_of(chart, record))?;
    (subject.id.to_string() == expected.id.to_string()).then(|| named(subject))
}

fn apply_record(
    chart: &'static Chart,
    replayed: Option<ReplayPosition>,
    record: &Record,
) -> Result<ReplayPosition, Misfit> {
    if replayed.is_some() && record.kind == RecordKind::Creation {
        return Err(Misfit::CreatedTwice);
    }
    let version = replayed.map_or(1, |replayed| replayed.version + 1);
    if record.version != Some(version) {
        return Err(Misfit::Version { expected: version, found: record.version });
    }
    let (state, keeps_data) = match replayed {
        None => (created_in(chart, record)?, false),
        Some(replayed) if record.at < replayed.at => return Err(Misfit::Time { last: replayed.at, found: record.at }),
        Some(replayed) => {
            let edge = reached(chart, replayed.state, record)?;
            (edge.at.to, edge.stays)
        }
    };
    Ok(ReplayPosition { state, version, at: record.at, keeps_data })
}

/// Returns whether the record belongs to this machine and subject.
pub(crate) fn is_about(chart: &Chart, record: &Record, expected: &SubjectRef) -> bool {
    let machine = record.machine.as_deref().unwrap_or_default();
    is_of(chart, record) && record.subject.as_ref().is_some_and(|subject| is_same(chart, machine, subject, expected))
}

/// Returns whether the record belongs to this machine, under its present name or a former one.
fn is_of(chart: &Chart, record: &Record) -> bool {
    let machine = record.machine.as_deref().unwrap_or_default();
    machine == chart.machine || chart.was.contains(&machine)
}

/// Returns whether both are one subject. The kind of a bare id is the name of its machine, which may be a former one.
fn is_same(chart: &Chart, machine: &str, found: &SubjectRef, expected: &SubjectRef) -> bool {
    let is_bare = expected.kind == chart.machine;
    found.id == expected.id && (found.kind == expected.kind || is_bare && found.kind == machine)
}

/// Returns the text before the reason: the record, unless no record is about the subject.
fn prefix(position: usize, version: Option<u64>, why: &Misfit) -> String {
    let version = version.map(|version| format!(" (version {version})")).unwrap_or_default();
    if matches!(why, Misfit::NoRecord { .. }) { String::new() } else { format!("record {position}{version}: ") }
}

fn named(subject: &SubjectRef) -> String {
    format!("{} {:?}", Printable(&subject.kind), subject.id)
}

fn created_in(chart: &'static Chart, record: &Record) -> Result<usize, Misfit> {
    if record.kind != RecordKind::Creation || record.transition.as_deref() != Some(CREATE) || record.from.is_some() {
        return Err(Misfit::NeverCreated);
    }
    let state = record.to.as_deref().unwrap_or_default();
    chart.state_index(state).filter(|index| chart.states[*index].initial).ok_or_else(|| Misfit::NotInitial {
        state: state.to_owned(),
        initial: chart.initial().map(|state| state.name).collect(),
    })
}

fn reached(chart: &'static Chart, state: usize, record: &Record) -> Result<&'static Edge, Misfit> {
    let from = record.from.as_deref().unwrap_or_default();
    if chart.state_index(from) != Some(state) {
        return Err(Misfit::From {
            expected: chart.states[state].name,
            found: record.from.as_deref().map(str::to_owned),
        });
    }
    let transition = record.transition.as_deref().unwrap_or_default();
    let to = record.to.as_deref().unwrap_or_default();
    let index = chart.transition_index(transition).zip(chart.state_index(to));
    let mut edges = chart.leaving_at(state).iter().map(|index| &chart.edges[*index]);
    let edge = edges.find(|edge| Some((edge.at.transition, edge.at.to)) == index).ok_or_else(|| Misfit::Edge {
        machine: chart.machine,
        transition: transition.to_owned(),
        from: chart.states[state].name,
        to: to.to_owned(),
    })?;
    for requirement in edge.requires {
        if !requirement.is_met_by(record.actor.as_ref(), record.reason.as_deref()) {
            return Err(Misfit::Requirement { transition: edge.transition, requirement: *requirement });
        }
    }
    Ok(edge)
}
