//! The run-time layer: the same edges, guards and records for a state that is known only at run time.
//!
//! The methods of the generated `Any..` enum call these functions.

use std::error::Error;
use std::fmt;

use serde_json::Value;

use super::replay::is_about;
use crate::StateMachine;
use crate::chart::Edge;
use crate::commit::{FiredEdge, Refusal, Step, Target};
use crate::machine::{AnyMachine, Command, Entry, Past, Unrestored};
use crate::record::{Actor, Digest, Printable, Record, Timestamp};

/// A step along an edge that was found at run time.
pub type AnyStep<M> = Step<FiredEdge<M>, <M as StateMachine>::Any, Target<M>>;

/// Returns the machine in the state that an application has stored.
#[doc(hidden)]
#[inline]
pub fn resume<M: StateMachine>(subject: M::Subject, state: M, version: u64) -> M::Any {
    M::place(Entry::new(subject, Past::of(version)), state)
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
        return Err(refuse(WhyNot::Unknown { known: M::CHART.states.iter().map(|state| state.name).collect() }));
    };
    M::bare(index).map_or_else(|| M::restore(index, data), Ok).map_err(|unrestored| {
        refuse(match unrestored {
            Unrestored::NoData => WhyNot::NoData,
            Unrestored::NotRecorded => WhyNot::NotRecorded,
            Unrestored::Data(error) => WhyNot::Data(error),
        })
    })
}

/// Sets the time of the subject's last record, so that the next one is not before it.
#[doc(hidden)]
pub fn last_recorded_at<M: StateMachine>(machine: M::Any, at: Timestamp) -> M::Any {
    // The machine may know a later time already.
    let past = *machine.__look().past;
    let past = past.not_before(at);
    let (subject, state, _) = machine.__into_parts();
    M::place(Entry::new(subject, past), state)
}

/// Brings a subject back as its last record left it, with the head of its chain: what a store does for its callers.
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
/// [`NotAState`], if the record is not a change of this machine and subject, if the machine has no such state, or if the
/// state has data that the record does not hold.
pub fn resume_from<M: StateMachine>(
    subject: M::Subject,
    last: &Record,
    head: Option<Digest>,
) -> Result<M::Any, NotAState> {
    let name = last.to.as_deref().unwrap_or_default();
    let refuse = |why| NotAState { machine: M::CHART.machine, state: name.to_owned(), why };
    let version = last.version.filter(|_| last.is_change()).ok_or_else(|| refuse(WhyNot::NoChange))?;
    if !is_about(M::CHART, last, &M::subject_ref(&subject)) {
        return Err(refuse(WhyNot::OtherSubject));
    }
    let state = restore(name, last.data.as_ref())?;
    Ok(M::place(Entry::new(subject, Past::at(version, last.at, head)), state))
}

/// Returns the step of this transition, if an edge of it leaves the machine's state.
#[doc(hidden)]
#[inline]
pub fn fire<M: StateMachine>(machine: M::Any, transition: M::Transition) -> Result<AnyStep<M>, NotAllowed<M>> {
    let wanted = transition.index();
    for index in M::CHART.leaving_at(machine.__look().state) {
        let index = *index;
        let edge = &M::CHART.edges[index];
        if edge.at.transition == wanted {
            let to = edge.at.to;
            let carried = || transition.carry(to).or_else(|| M::bare(to));
            let state = (!edge.stays).then(|| carried().expect("a state with data is reached with its data"));
            return Ok(Step::new(machine, Target { edge: index, state }));
        }
    }
    Err(NotAllowed::new(machine, transition))
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
    let leaving = M::CHART.leaving_at(machine.__look().state).iter();
    leaving.map(|index| (*index, &M::CHART.edges[*index]))
}

/// The error of `fire`: the transition does not leave the machine's state. It keeps the machine and the transition.
///
/// ```
/// use tollgate::{Id, StateMachine};
///
/// #[derive(StateMachine)]
/// #[transition(ship, from = Paid, to = Shipped)]
/// #[transition(pay, from = Open, to = Paid)]
/// enum OrderState {
///     #[state(initial)]
///     Open,
///     Paid,
///     #[state(terminal)]
///     Shipped,
/// }
///
/// let order = AnyOrder::resume(Id::from(7), OrderState::Open, 1);
/// let Err(not_allowed) = order.fire(OrderTransition::Ship) else { panic!("nothing is shipped unpaid") };
/// assert_eq!(
///     not_allowed.to_string(),
///     "illegal transition: `ship` does not leave `Open` of Order; allowed: `pay`",
/// );
/// let (order, _) = not_allowed.into_parts();
/// assert_eq!(order.state().name, "Open");
/// ```
pub struct NotAllowed<M: StateMachine>(Box<(M::Any, M::Transition)>);

impl<M: StateMachine> NotAllowed<M> {
    #[cold]
    fn new(machine: M::Any, transition: M::Transition) -> Self {
        Self(Box::new((machine, transition)))
    }

    /// Returns the machine's recorded name.
    #[must_use]
    pub fn machine(&self) -> &'static str {
        M::CHART.machine
    }

    /// Returns the recorded name of the machine's state.
    #[must_use]
    pub fn state(&self) -> &'static str {
        self.0.0.__look().state().name
    }

    /// Returns the recorded name of the transition that was fired.
    #[must_use]
    pub fn transition(&self) -> &'static str {
        M::CHART.transitions[self.0.1.index()].name
    }

    /// Returns the recorded names of the transitions that leave the state, guards not considered.
    #[must_use]
    pub fn allowed(&self) -> Vec<&'static str> {
        allowed::<M>(&self.0.0).into_iter().map(|edge| edge.transition).collect()
    }

    /// Returns the stable name of this kind of refusal, `illegal_transition`; [`Refusal`] has the table of all codes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "illegal_transition"
    }

    /// Returns what a client may know of the refusal; see [`Refusal`] for an example.
    #[must_use]
    pub fn to_client(&self) -> Refusal {
        Refusal::not_allowed(self.code(), [self.machine(), self.transition(), self.state()], self.allowed())
    }

    /// Returns the machine, unchanged.
    #[must_use]
    pub fn into_machine(self) -> M::Any {
        self.0.0
    }

    /// Returns the machine, unchanged, and the transition.
    #[must_use]
    pub fn into_parts(self) -> (M::Any, M::Transition) {
        *self.0
    }
}

impl<M: StateMachine> fmt::Display for NotAllowed<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (transition, state, machine) = (self.transition(), self.state(), self.machine());
        write!(formatter, "illegal transition: `{transition}` does not leave `{state}` of {machine}; allowed: ")?;
        let allowed: Vec<String> = self.allowed().iter().map(|name| format!("`{name}`")).collect();
        formatter.write_str(if allowed.is_empty() { "none" } else { "" })?;
        formatter.write_str(&allowed.join(", "))
    }
}

impl<M: StateMachine> fmt::Debug for NotAllowed<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NotAllowed")
            .field("machine", &self.machine())
            .field("state", &self.state())
            .field("transition", &self.transition())
            .field("allowed", &self.allowed())
            .finish()
    }
}

impl<M: StateMachine> Error for NotAllowed<M> {}

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
    pub why: WhyNot,
}

/// The reason why a stored state cannot be restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WhyNot {
    /// No state has this name, and none had it before.
    #[error("its states are {}; a former name is kept readable by `#[state(was = \"..\")]`", known.join(", "))]
    Unknown {
        /// The names of the states.
        known: Vec<&'static str>,
    },
    /// The state has data, and none was stored with it.
    #[error("the state has data, and none was stored with it")]
    NoData,
    /// The state has data that records do not hold, because it is not marked `#[state(record)]`.
    #[error("the state has data that records do not hold; `#[state(record)]` would make them")]
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
