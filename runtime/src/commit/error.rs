//! The error of a commit: the cause, and the step for a retry.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::iter::successors;

use super::batch::Steps;
use super::refusal::Refusal;
use super::step::Step;
use crate::chart::Requirement;
use crate::record::{Description, Printable, Timestamp, ValueError};

/// The error of a commit that did not happen. The machine stays in its old state.
///
/// [`into_machine`](CommitError::into_machine) returns the machine. [`into_step`](CommitError::into_step) returns the step for
/// a retry *with the same record id*, so that a retry after an unknown result cannot write the record twice. `S` is the step,
/// or the steps of [`commit_all`](crate::commit_all); `E` is the sink's error.
///
/// Its `Display` is complete: it contains the text of the cause, the sink's error included. [`Error::source`] therefore
/// continues below the cause; [`cause`](CommitError::cause) returns the cause itself. A web handler returns
/// [`to_client`](CommitError::to_client), which contains no text of the sink.
///
/// ```
/// use tollgate::{Cause, Id, Record, StateMachine, sink};
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
/// let door = DoorMachine::create(Id::from(1)).commit(&mut log)?;
/// let full = sink::from_fn(|_: &Record| Err("the disk is full"));
/// let Err(refused) = door.open().by("ann").commit(full) else { panic!("the sink refuses") };
/// assert!(matches!(refused.cause(), Cause::Sink("the disk is full")));
/// assert_eq!(refused.to_string(), "`open` of Door 1 from `Shut`: the sink refused: the disk is full");
/// refused.into_step().commit(&mut log)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CommitError<S, E>(Box<Parts<S, E>>);

struct Parts<S, E> {
    cause: Cause<E>,
    step: S,
    position: Option<usize>,
    refusal_error: Option<E>,
}

/// The cause of a commit that did not happen.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause<E> {
    /// A guard failed. The transition was not offered to the sink.
    Guard {
        /// The guard, as it was written in the declaration.
        name: &'static str,
        /// The reason that the guard gave.
        reason: String,
    },
    /// The permission was denied. The transition was not offered to the sink.
    Permission {
        /// The permission, as it was written in the declaration.
        name: &'static str,
        /// The reason that the permission gave.
        reason: String,
    },
    /// An actor or a reason is required, and was not given. Call [`by`](Step::by) or [`because`](Step::because). A step of a
    /// typed method does not compile without it.
    Requirement(Requirement),
    /// An actor or a reason is required, and the one that was given is blank.
    BlankRequirement(Requirement),
    /// The given time is before the subject's last record.
    Time {
        /// The time that `.at(..)` was given.
        given: Timestamp,
        /// The time of the subject's last record.
        last: Timestamp,
    },
    /// A value that a record cannot hold: in the state's data, in the event's properties, in the context, or the time
    /// that was given.
    Data(ValueError),
    /// The subject's last record has the largest version: no record can follow it. This happens only if
    /// a machine was resumed with a wrong version.
    Version {
        /// The version of the subject's last record.
        last: u64,
    },
    /// The sink refused the record.
    Sink(E),
}

impl<S, E> CommitError<S, E> {
    #[cold]
    pub(super) fn new(cause: Cause<E>, step: S) -> Self {
        Self(Box::new(Parts { cause, step, position: None, refusal_error: None }))
    }

    /// A step, and its whole batch, was refused before the sink was called.
    #[cold]
    pub(super) fn refused(
        position: Option<usize>,
        cause: Cause<Infallible>,
        step: S,
        refusal_error: Option<E>,
    ) -> Self {
        Self(Box::new(Parts { cause: cause.with_sink_error(), step, position, refusal_error }))
    }

    /// Sets the position of the refused step.
    #[cold]
    pub(super) fn with_position(mut self, position: Option<usize>) -> Self {
        self.0.position = position;
        self
    }

    /// Returns the position of the refused step among several, counted from 0. `None` if there was one step, or if the sink
    /// refused all of them and does not [know](crate::BatchSink::position_of) which one caused it.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.0.position
    }

    /// Returns the cause.
    #[must_use]
    pub fn cause(&self) -> &Cause<E> {
        &self.0.cause
    }

    /// Returns the cause by value. The step is dropped.
    #[must_use]
    pub fn into_cause(self) -> Cause<E> {
        self.0.cause
    }

    /// Returns the error of the sink if it failed to record the refusal.
    #[must_use]
    pub fn refusal_error(&self) -> Option<&E> {
        self.0.refusal_error.as_ref()
    }

    /// Returns the step, or all of the steps, for a retry with the same record ids.
    #[must_use]
    pub fn into_step(self) -> S {
        self.0.step
    }

    /// Returns the cause and the step.
    #[must_use]
    pub fn into_parts(self) -> (Cause<E>, S) {
        let Parts { cause, step, .. } = *self.0;
        (cause, step)
    }
}

impl<T, M, P, A, R, E> CommitError<Step<T, M, P, A, R>, E> {
    /// Returns the machine in its old state, or the event.
    #[must_use]
    pub fn into_machine(self) -> M {
        self.0.step.into_machine()
    }
}

impl Cause<Infallible> {
    /// Returns the same cause for a sink of any error: it is not a cause of the sink.
    fn with_sink_error<E>(self) -> Cause<E> {
        match self {
            Cause::Guard { name, reason } => Cause::Guard { name, reason },
            Cause::Permission { name, reason } => Cause::Permission { name, reason },
            Cause::Requirement(requirement) => Cause::Requirement(requirement),
            Cause::BlankRequirement(requirement) => Cause::BlankRequirement(requirement),
            Cause::Time { given, last } => Cause::Time { given, last },
            Cause::Data(error) => Cause::Data(error),
            Cause::Version { last } => Cause::Version { last },
            Cause::Sink(never) => match never {},
        }
    }
}

impl<E> Cause<E> {
    /// Returns the stable name of the kind of cause, for programs: `guard`, `actor_required`, `sink`.
    ///
    /// [`Refusal`] has the table of all codes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Cause::Guard { .. } => "guard",
            Cause::Permission { .. } => "permission",
            Cause::Requirement(Requirement::Actor) | Cause::BlankRequirement(Requirement::Actor) => "actor_required",
            Cause::Requirement(Requirement::Reason) | Cause::BlankRequirement(Requirement::Reason) => "reason_required",
            Cause::Time { .. } => "time_before_last_record",
            Cause::Data(_) => "not_recordable",
            Cause::Version { .. } => "version_exhausted",
            Cause::Sink(_) => "sink",
        }
    }

    /// Returns the values of `refused_by` and `refusal` for the record of the refusal.
    pub(super) fn refused_by(&self) -> (&'static str, String) {
        match self {
            Cause::Guard { name, reason } | Cause::Permission { name, reason } => (name, reason.clone()),
            Cause::Requirement(requirement) => (requirement.name(), missing(*requirement)),
            Cause::BlankRequirement(requirement) => (requirement.name(), blank(*requirement)),
            Cause::Time { given, last } => ("time", backwards(*given, *last)),
            Cause::Data(error) => ("data", error.to_string()),
            Cause::Version { last } => ("version", exhausted(*last)),
            Cause::Sink(_) => ("sink", String::new()),
        }
    }
}

/// The text is for auditors and clients, so it does not name the method that sets the value.
fn missing(requirement: Requirement) -> String {
    format!("it requires {requirement}, and none was given")
}

fn blank(requirement: Requirement) -> String {
    format!("it requires {requirement}, and the one given is blank")
}

pub(super) fn exhausted(last: u64) -> String {
    format!("the subject's last record has version {last}, and no version can follow it")
}

pub(super) fn backwards(given: Timestamp, last: Timestamp) -> String {
    format!("the time {given} is before the subject's last record, {last}")
}

impl<E: fmt::Display> fmt::Display for Cause<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Guard { name, reason } => write!(formatter, "guard `{name}`: {}", Printable(reason)),
            Cause::Permission { name, reason } => write!(formatter, "permission `{name}`: {}", Printable(reason)),
            Cause::Requirement(requirement) => formatter.write_str(&missing(*requirement)),
            Cause::BlankRequirement(requirement) => formatter.write_str(&blank(*requirement)),
            Cause::Time { given, last } => formatter.write_str(&backwards(*given, *last)),
            Cause::Data(error) => error.fmt(formatter),
            Cause::Version { last } => formatter.write_str(&exhausted(*last)),
            Cause::Sink(error) => write!(formatter, "the sink refused: {error}"),
        }
    }
}

impl<S: Steps, E: fmt::Display> fmt::Display for CommitError<S, E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.steps_text(), self.0.cause)
    }
}

impl<S: Steps, E: fmt::Debug> fmt::Debug for CommitError<S, E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.steps_text();
        formatter
            .debug_struct("CommitError")
            .field("cause", &self.0.cause)
            .field("step", &format_args!("{steps}"))
            .finish()
    }
}

impl<S: Steps, E> CommitError<S, E> {
    /// Returns the stable name of the kind of cause, as [`Cause::code`] does.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.cause.code()
    }

    /// Returns the refusal for a client: the code, a message without Rust names, and the names of the step.
    ///
    /// It contains no text of the sink's error, which may describe a database. Log the error itself.
    ///
    /// ```
    /// use tollgate::{Id, Record, StateMachine};
    ///
    /// #[derive(StateMachine)]
    /// #[transition(open, from = Shut, to = Ajar, requires(actor))]
    /// enum DoorState {
    ///     #[state(initial)]
    ///     Shut,
    ///     #[state(terminal)]
    ///     Ajar,
    /// }
    ///
    /// let mut log: Vec<Record> = Vec::new();
    /// let door = DoorMachine::create(Id::from(1)).commit(&mut log)?;
    /// let Err(refused) = door.open().by(" ").commit(&mut log) else { panic!("a blank actor is not an actor") };
    /// assert_eq!(
    ///     serde_json::to_string(&refused.to_client())?,
    ///     r#"{"code":"actor_required","message":"an actor is required, and the one given is blank","machine":"Door","transition":"open","from":"Shut","to":"Ajar"}"#,
    /// );
    /// # use tollgate::serde_json;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_client(&self) -> Refusal {
        let mut steps = self.steps();
        let step = match self.0.position {
            Some(position) => (position < steps.len()).then(|| steps.swap_remove(position)),
            None => (steps.len() == 1).then(|| steps.swap_remove(0)),
        };
        Refusal::of(&self.0.cause, step, self.0.position)
    }

    fn steps(&self) -> Vec<Description> {
        let mut steps = Vec::new();
        self.0.step.describe(&mut steps);
        steps
    }

    /// Returns the names of the refused steps for a message; of three or more, the first and the number of the rest.
    fn steps_text(&self) -> String {
        let steps = self.steps();
        match (self.0.position.and_then(|position| steps.get(position)), &steps[..]) {
            (Some(step), _) | (None, [step]) => step.to_string(),
            (None, []) => "no steps".to_owned(),
            (None, [first, second]) => format!("{first} and {second}"),
            (None, [first, others @ ..]) => format!("{first} and {} more", others.len()),
        }
    }
}

impl<S: Steps, E: Error + 'static> Error for CommitError<S, E> {
    /// Returns the first error below the cause whose text is not in that of the cause, and so not in that of this error.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let Cause::Sink(error) = &self.0.cause else { return None };
        let text = error.to_string();
        successors(error.source(), |below| (*below).source()).find(|below| !text.contains(&below.to_string()))
    }
}
