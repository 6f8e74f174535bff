//! A machine in a state that is known only at run time: how it is restored, and the edges that leave its state.
//!
//! The methods of the generated `Any..` enum call these functions.

use serde_json::Value;

use super::replay::is_about;
use super::{AnyMachine, IncomingSubject, LastRecord, RestoreError, StateMachine};
use crate::chart::Edge;
use crate::record::{Actor, Digest, Printable, Record, Timestamp};

/// Returns the machine in the state that an application has stored.
#[doc(hidden)]
#[inline]
pub fn resume<M: StateMachine>(subject: M::Subject, state: M, version: u64) -> M::Any {
    M::enter(IncomingSubject::new(subject, LastRecord::at_version(version)), state)
}

/// Returns the machine in the state of this recorded name.
#[doc(hidden)]
pub fn resume_named<M: StateMachine>(
    subject: M::Subject,
    state: &str,
    data: Option<&Value>,
    version: u64,
) -> Result<M::Any, NotAState> {
    Ok(resume::<M>(subject, restore(state, data)?, version))
}

pub(crate) fn restore<M: StateMachine>(name: &str, data: Option<&Value>) -> Result<M, NotAState> {
    let refuse = |why| NotAState { machine: M::CHART.machine, state: name.to_owned(), why };
    let Some(index) = M::CHART.state_index(name) else {
        return Err(refuse(Unrestorable::Unknown { known: M::CHART.states.iter().map(|state| state.name).collect() }));
    };
    M::bare(index).map_or_else(|| M::restore(index, data), Ok).map_err(|unrestored| {
        refuse(match unrestored {
            RestoreError::NoData => Unrestorable::NoData,
            RestoreError::NotRecorded => Unrestorable::NotRecorded,
            RestoreError::Data(error) => Unrestorable::Data(error),
        })
    })
}

/// Sets the time of the subject's last record, so that the next one is not before it.
#[doc(hidden)]
pub fn last_recorded_at<M: StateMachine>(machine: M::Any, at: Timestamp) -> M::Any {
    // The machine may already have a later time.
    let last_record = *machine.__view().last_record;
    let last_record = last_record.not_before(at);
    let (subject, state, _) = machine.__into_parts();
    M::enter(IncomingSubject::new(subject, last_record), state)
}

/// Brings a subject back from its last record, with the head of its chain. Stores use it.
///
/// The machine has the record's state and data, its version and its time. `head` is the digest of the record, if the store
/// keeps a chain; the next record then names it as [`prev`](Record::prev).
///
/// **This is a trust boundary**, as `resume` is: the caller states that this is the subject's last record. If it is not,
/// the next commit continues from a state that the subject is not in. A store then refuses that commit, because it has
/// another record of that version. Use `replay` to check a whole history along the chart.
///
/// ```
/// use tollgate::machine::resume_from;
/// use tollgate::{Id, Record, StateMachine};
///
/// #[derive(StateMachine)]
/// #[transition(open, from = Shut, to = Ajar)]
/// enum DoorState {
///     #[state(initial)]
///     Shut,
///     #[state(terminal)]
///     Ajar,
/// }
///
/// let mut log: Vec<Record> = Vec::new();
/// DoorMachine::create(Id::from(1)).commit(&mut log)?.open().commit(&mut log)?;
/// let last = log.last().ok_or("two records")?;
/// let door = resume_from::<DoorState>(Id::from(1), last, None)?;
/// assert_eq!((door.state().name, door.version()), ("Ajar", 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Returns [`NotAState`] if the record is not a change of this machine and subject, if the machine has no such state, or if
/// the state has data that the record does not hold.
pub fn resume_from<M: StateMachine>(
    subject: M::Subject,
    last: &Record,
    head: Option<Digest>,
) -> Result<M::Any, NotAState> {
    let name = last.to.as_deref().unwrap_or_default();
    let refuse = |why| NotAState { machine: M::CHART.machine, state: name.to_owned(), why };
    let version = last.version.filter(|_| last.is_change()).ok_or_else(|| refuse(Unrestorable::NoChange))?;
    if !is_about(M::CHART, last, &M::subject_ref(&subject)) {
        return Err(refuse(Unrestorable::OtherSubject));
    }
    let state = restore(name, last.data.as_ref())?;
    Ok(M::enter(IncomingSubject::new(subject, LastRecord::new(version, last.at, head)), state))
}

/// Returns the edges that leave the machine's state, by the chart alone.
#[doc(hidden)]
pub fn allowed<M: StateMachine>(machine: &M::Any) -> Vec<&'static Edge> {
    leaving::<M>(machine).map(|(_, edge)| edge).collect()
}

/// Returns the edges that leave the machine's state and whose guards hold.
#[doc(hidden)]
pub fn available<M: StateMachine>(machine: &M::Any) -> Vec<&'static Edge> {
    let guarded = leaving::<M>(machine).filter(|(index, _)| M::check(machine, *index).is_ok());
    guarded.map(|(_, edge)| edge).collect()
}

/// Returns the edges that leave the machine's state, whose guards hold, and for which this actor has permission.
#[doc(hidden)]
pub fn available_to<M: StateMachine>(machine: &M::Any, actor: &Actor) -> Vec<&'static Edge> {
    let guarded = leaving::<M>(machine).filter(|(index, _)| M::check(machine, *index).is_ok());
    guarded.filter(|(index, _)| M::permit(machine, *index, actor).is_ok()).map(|(_, edge)| edge).collect()
}

fn leaving<M: StateMachine>(machine: &M::Any) -> impl Iterator<Item = (usize, &'static Edge)> + use<M> {
    let leaving = M::CHART.leaving_at(machine.__view().state).iter();
    leaving.map(|index| (*index, &M::CHART.edges[*index]))
}

/// The error of `resume_named` and `replay`: a stored state that the machine cannot restore.
#[derive(Debug, thiserror::Error)]
#[error("`{}` is not a state of {machine} that can be restored: {why}", Printable(state))]
#[non_exhaustive]
pub struct NotAState {
    /// The machine's recorded name.
    pub machine: &'static str,
    /// The stored name of the state.
    pub state: String,
    /// The reason. The text of this error contains its text.
    pub why: Unrestorable,
}

/// The reason why a stored state cannot be restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unrestorable {
    /// No state has this name, and none had it before.
    #[error("its states are {}; a former name is kept readable by `#[state(was = \"..\")]`", known.join(", "))]
    Unknown {
        /// The names of the states.
        known: Vec<&'static str>,
    },
    /// The state has data, and none was stored with it.
    #[error("the state has data, but its data was not stored")]
    NoData,
    /// The state has data that records do not hold, because it is not marked `#[state(record)]`.
    #[error("the state has data that records do not hold; mark the state `#[state(record)]`")]
    NotRecorded,
    /// The record is not one that leaves its subject in a state.
    #[error("the record is not a creation or a transition with a version")]
    NoChange,
    /// The record belongs to another machine or subject.
    #[error("the record belongs to another machine or subject")]
    OtherSubject,
    /// The stored data is not that of the state.
    #[error("its data does not fit: {0}")]
    Data(serde_json::Error),
}
