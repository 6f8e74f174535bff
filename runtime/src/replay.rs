//! Replay: restores a subject from its records, each checked against the chart.

use std::borrow::Borrow;

use crate::StateMachine;
use crate::any::{NotAState, restore};
use crate::chart::{Chart, Edge, Requirement};
use crate::machine::{Entry, Past};
use crate::record::{CREATE, Printable, Record, RecordKind, SubjectRef, Timestamp};

/// The error of `replay`: the position of the first record that does not fit, and the reason.
#[derive(Debug, thiserror::Error)]
#[error("record {position}{}: {why}", version.map(|version| format!(" (version {version})")).unwrap_or_default())]
#[non_exhaustive]
pub struct ReplayError {
    /// The position in the records that were given, counted from 1. One past the last if the records end too early.
    pub position: usize,
    /// The version in the record.
    pub version: Option<u64>,
    /// The reason.
    #[source]
    pub why: Misfit,
}

/// The reason why a record does not fit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// There is no record of the creation.
    #[error("the subject has not been created")]
    NeverCreated,
    /// There is a second record of a creation.
    #[error("the subject was created before")]
    CreatedTwice,
    /// The record is about another subject.
    #[error("it is about {found}, not about {}", named(expected))]
    Subject {
        /// The subject that is replayed.
        expected: SubjectRef,
        /// The subject of the record, or `nobody`. An id that is a text is in quotes, an integer is not.
        found: String,
    },
    /// The record belongs to another machine.
    #[error("it belongs to the machine `{}`, not to `{expected}`", Printable(found))]
    Machine {
        /// The machine that is replayed.
        expected: &'static str,
        /// The machine of the record.
        found: String,
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
    /// The record leaves another state than the one in which the subject was.
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
struct Place {
    state: usize,
    version: u64,
    at: Timestamp,
    /// Whether the data is that of the record before.
    keeps_data: bool,
}

/// Returns the machine as the records leave it. Skips refusals and events.
#[doc(hidden)]
pub fn replay<M, I>(subject: M::Subject, records: I) -> Result<M::Any, ReplayError>
where
    M: StateMachine,
    I: IntoIterator,
    I::Item: Borrow<Record>,
{
    let expected = M::subject_ref(&subject);
    let mut place: Option<Place> = None;
    // The record whose data is that of the present state.
    let mut holder: Option<(usize, I::Item)> = None;
    let mut position = 0;
    for item in records {
        position += 1;
        let record = item.borrow();
        if !record.is_change() {
            continue;
        }
        let next = walk(M::CHART, &expected, place, record);
        let next = next.map_err(|why| ReplayError { position, version: record.version, why })?;
        if record.data.is_some() || !next.keeps_data {
            holder = Some((position, item));
        }
        place = Some(next);
    }
    let (Some(place), Some((position, holder))) = (place, holder) else {
        return Err(ReplayError { position: position + 1, version: None, why: Misfit::NeverCreated });
    };
    let record = holder.borrow();
    let state = restore(M::CHART.states[place.state].name, record.data.as_ref()).map_err(|why| ReplayError {
        position,
        version: record.version,
        why: why.into(),
    })?;
    let past = Past::at(place.version, place.at, None);
    Ok(M::place(Entry::new(subject, past), state))
}

fn walk(chart: &'static Chart, expected: &SubjectRef, place: Option<Place>, record: &Record) -> Result<Place, Misfit> {
    let machine = record.machine.as_deref().unwrap_or_default();
    if machine != chart.machine && !chart.was.contains(&machine) {
        return Err(Misfit::Machine { expected: chart.machine, found: machine.to_owned() });
    }
    if !record.subject.as_ref().is_some_and(|subject| is_same(chart, machine, subject, expected)) {
        let found = record.subject.as_ref().map_or("nobody".to_owned(), named);
        return Err(Misfit::Subject { expected: expected.clone(), found });
    }
    if place.is_some() && record.kind == RecordKind::Creation {
        return Err(Misfit::CreatedTwice);
    }
    let version = place.map_or(1, |place| place.version + 1);
    if record.version != Some(version) {
        return Err(Misfit::Version { expected: version, found: record.version });
    }
    let (state, keeps_data) = match place {
        None => (created_in(chart, record)?, false),
        Some(place) if record.at < place.at => return Err(Misfit::Time { last: place.at, found: record.at }),
        Some(place) => {
            let edge = reached(chart, place.state, record)?;
            (edge.at.to, edge.stays)
        }
    };
    Ok(Place { state, version, at: record.at, keeps_data })
}

/// Whether the record belongs to this machine and subject.
pub(crate) fn is_about(chart: &Chart, record: &Record, expected: &SubjectRef) -> bool {
    let machine = record.machine.as_deref().unwrap_or_default();
    let is_machine = machine == chart.machine || chart.was.contains(&machine);
    is_machine && record.subject.as_ref().is_some_and(|subject| is_same(chart, machine, subject, expected))
}

/// A bare id has the name of its machine for a kind: of a record under a former name, that one.
fn is_same(chart: &Chart, machine: &str, found: &SubjectRef, expected: &SubjectRef) -> bool {
    let is_bare = expected.kind == chart.machine;
    found.id == expected.id && (found.kind == expected.kind || is_bare && found.kind == machine)
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
        if !record.says(*requirement) {
            return Err(Misfit::Requirement { transition: edge.transition, requirement: *requirement });
        }
    }
    Ok(edge)
}
