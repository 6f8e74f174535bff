//! A step and the order of its commit: guards, permission, record, sink, new state.

mod advance;
mod batch;
mod occurred;
mod refused;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::mem;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

pub(crate) use self::advance::Advance;
pub(crate) use self::advance::Target;
pub use self::advance::{Along, Created, Fired, New};
pub use self::batch::{Complete, Steps, commit_all, commit_all_async};
pub(crate) use self::occurred::occurred;
pub use self::occurred::{About, EventStep, Occurred};
pub use self::refused::{Cause, Refused};
use crate::chart::Requirement;
use crate::machine::{Accepted, Initial, Moves, State, SubjectOf, Tracked};
use crate::record::{
    Actor, ContextDraft, Description, Record, RecordKind, Timestamp, ValueError, check_time, check_value, new_id, says,
};
use crate::sink::{AsyncSink, Open, Sink};

/// The transition or event does not ask for it, or the commit checks it at run time.
#[derive(Debug)]
pub enum Optional {}

/// The transition or event requires it, and it has not been given.
#[derive(Debug)]
pub enum Missing {}

/// It has been given.
#[derive(Debug)]
pub enum Given {}

/// What becomes of a mark when what it stands for is said.
pub trait Mark {
    /// [`Missing`] becomes [`Given`]. What nobody asks for stays as it is, so that a step keeps its type.
    type Said;
}

impl Mark for Optional {
    type Said = Optional;
}

impl Mark for Missing {
    type Said = Given;
}

impl Mark for Given {
    type Said = Given;
}

/// Who acts is known where it must be.
#[diagnostic::on_unimplemented(
    message = "this step requires an actor: call `.by(..)` on it before it is committed",
    label = "`.by(..)` is missing before this call",
    note = "its transition or event is declared with `requires(actor)`, or with a permission"
)]
pub trait ActorKnown {}

/// Why it happens is known where it must be.
#[diagnostic::on_unimplemented(
    message = "this step requires a reason: call `.because(..)` on it before it is committed",
    label = "`.because(..)` is missing before this call",
    note = "its transition or event is declared with `requires(reason)`"
)]
pub trait ReasonKnown {}

macro_rules! known {
    ($($mark:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl ActorKnown for $mark {}
        #[diagnostic::do_not_recommend]
        impl ReasonKnown for $mark {}
    )*};
}

known!(Optional Given);

/// What is to happen, not yet done: the transition `T` of the machine `M`, with the payload `P`; or the event
/// `M`, as in [`EventStep`].
///
/// A step says who acts, why, and what else is known; [`commit`](Step::commit) makes it happen, or refuses
/// and loses nothing. A step that is dropped has changed nothing and recorded nothing. The parameters `A`
/// and `R` tell whether the actor and the reason are [`Optional`], [`Missing`] or [`Given`].
#[must_use = "a step does nothing until it is committed"]
pub struct Step<T, M, P = Moves<()>, A = Optional, R = Optional> {
    machine: M,
    payload: P,
    note: Note,
    marks: PhantomData<Marks<T, A, R>>,
}

/// Known by its types alone: a step can be sent where its machine can.
type Marks<T, A, R> = fn() -> (T, A, R);

/// What a step says beside its transition.
struct Note {
    id: Option<Uuid>,
    at: Option<Timestamp>,
    actor: Option<Actor>,
    reason: Option<String>,
    context: ContextDraft,
}

impl Note {
    /// Says nothing yet. A constant would be copied as a whole, into memory.
    #[inline]
    fn new() -> Self {
        Self { id: None, at: None, actor: None, reason: None, context: ContextDraft::new() }
    }

    /// Taken back from a record that was refused, so that the next try says the same.
    fn of(Record { id, at, actor, reason, context, .. }: Record) -> Self {
        Self { id: Some(id), at: Some(at), actor, reason, context: context.into() }
    }

    /// Whether there is nothing to drop.
    #[inline]
    fn is_unallocated(&self) -> bool {
        self.actor.is_none() && self.reason.is_none() && self.context.is_unallocated()
    }
}

impl<T, M, P, A, R> Step<T, M, P, A, R> {
    #[inline]
    pub(crate) fn new(machine: M, payload: P) -> Self {
        Self { machine, payload, note: Note::new(), marks: PhantomData }
    }

    #[inline]
    fn marked<A2, R2>(self) -> Step<T, M, P, A2, R2> {
        Step { machine: self.machine, payload: self.payload, note: self.note, marks: PhantomData }
    }

    /// Says who acts.
    #[inline]
    pub fn by(mut self, actor: impl Into<Actor>) -> Step<T, M, P, A::Said, R>
    where
        A: Mark,
    {
        self.note.actor = Some(actor.into());
        self.marked()
    }

    /// Says why.
    #[inline]
    pub fn because(mut self, reason: impl Into<String>) -> Step<T, M, P, A, R::Said>
    where
        R: Mark,
    {
        self.note.reason = Some(reason.into());
        self.marked()
    }

    /// Adds what else is known, such as an ip or a request id, in the form that serde gives it. The last value of a key
    /// holds.
    ///
    /// A value that a record cannot hold (NaN, a body that is nested more than 64 levels deep) is refused by the commit,
    /// with [`Cause::Data`].
    #[inline]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl Serialize) -> Self {
        self.note.context.set(key, value);
        self
    }

    /// Sets the time, in place of the clock: for imports and tests.
    ///
    /// The commit refuses a time before the subject's last record with [`Cause::Time`], and one outside the years 0 to
    /// 9999 or in a leap second with [`Cause::Data`].
    #[inline]
    pub fn at(mut self, time: DateTime<Utc>) -> Self {
        self.note.at = Some(time);
        self
    }

    /// The machine as it is as long as the step has not been committed.
    #[inline]
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// The machine as it was, or the event: the step is given up.
    #[inline]
    pub fn into_machine(self) -> M {
        self.machine
    }
}

impl<T, M: Advance<T, P>, P, A, R> Step<T, M, P, A, R> {
    /// The id that the record will have, fixed by this call. Whoever keeps it can ask the log what became
    /// of a commit whose outcome they did not see.
    pub fn record_id(&mut self) -> Uuid {
        let (id, at) = self.stamp();
        (self.note.id, self.note.at) = (Some(id), Some(at));
        id
    }

    /// Makes it happen: asks the guards, then the permission, then offers the record to the sink, and gives
    /// the machine in its new state, or the event, when the sink has accepted.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the cause and the whole step; the machine is then in its old state. See [`Cause`].
    ///
    /// # Panics
    ///
    /// Only where a guard or the sink does. After a guard's panic nothing was recorded; after a sink's,
    /// what the log holds is for the sink to say. In neither case is there a machine in the new state.
    #[inline]
    pub fn commit<K: Sink>(mut self, mut sink: K) -> Result<M::To, Refused<Self, K::Error>>
    where
        A: ActorKnown,
        R: ReasonKnown,
    {
        sink.fill(Open { actor: &mut self.note.actor, context: &mut self.note.context });
        if let Err(cause) = self.examine() {
            return Err(self.refuse(cause, sink));
        }
        let data = match self.recorded() {
            Ok(data) => data,
            Err(error) => return Err(Refused::new(Cause::Data(error), self)),
        };
        if !sink.wants_records() {
            return Ok(self.arrive_unrecorded());
        }
        // What was said moves into the record, and comes back only where that is refused.
        let (id, at) = self.stamp();
        if let Some(records) = sink.as_vec() {
            // Once there is room, nothing can fail between the record and its place: it is made there, and not copied.
            while records.len() == records.capacity() {
                records.reserve(1);
            }
            let described = self.machine.describe(&self.payload, data);
            let context = self.note.context.into_context();
            records.push(described.record(id, at, self.note.actor, self.note.reason, context));
            return Ok(self.machine.__arrive(self.payload, Accepted { at, head: None }));
        }
        let described = self.machine.describe(&self.payload, data);
        let context = self.note.context.into_context();
        let record = described.record(id, at, self.note.actor, self.note.reason, context);
        match sink.keep(record, M::declaration()) {
            Ok(head) => Ok(self.machine.__arrive(self.payload, Accepted { at, head })),
            Err(rejected) => {
                let note = Note::of(rejected.record);
                Err(Refused::new(Cause::Sink(rejected.error), Self { note, ..self }))
            }
        }
    }

    /// By value, so that a step that is not refused need never be in memory as a whole.
    #[cold]
    #[inline(never)]
    fn refuse<K: Sink>(self, cause: Cause<K::Error>, mut sink: K) -> Refused<Self, K::Error> {
        let unrecorded = sink.on_refusal(&self.refusal(&cause)).err();
        Refused::unrecorded(cause, self, unrecorded)
    }

    /// [`commit`](Step::commit) into a sink that waits.
    ///
    /// **Dropping the future** before it is ready drops the step and the machine with it. The sink may or
    /// may not have accepted by then: whether it did is for the log to say. Take the id from
    /// [`record_id`](Step::record_id) first to be able to ask, and bring the subject back from the log.
    ///
    /// # Errors
    ///
    /// Those of [`commit`](Step::commit).
    ///
    /// # Panics
    ///
    /// As [`commit`](Step::commit) does.
    pub async fn commit_async<K: AsyncSink>(mut self, mut sink: K) -> Result<M::To, Refused<Self, K::Error>>
    where
        A: ActorKnown,
        R: ReasonKnown,
    {
        sink.fill(Open { actor: &mut self.note.actor, context: &mut self.note.context });
        if let Err(cause) = self.examine() {
            let refusal = self.refusal(&cause);
            let unrecorded = sink.on_refusal(&refusal).await.err();
            return Err(Refused::unrecorded(cause, self, unrecorded));
        }
        let data = match self.recorded() {
            Ok(data) => data,
            Err(error) => return Err(Refused::new(Cause::Data(error), self)),
        };
        if !sink.wants_records() {
            return Ok(self.arrive_unrecorded());
        }
        let record = self.record(data);
        match sink.accept(&record, M::declaration()).await {
            Ok(head) => Ok(self.arrive(Accepted { at: record.at, head })),
            Err(error) => {
                self.restore(record);
                Err(Refused::new(Cause::Sink(error), self))
            }
        }
    }

    /// Whether it may happen at all, before anything is done.
    #[inline]
    fn examine<E>(&self) -> Result<(), Cause<E>> {
        if let Some(given) = self.note.at {
            check_time(&given).map_err(Cause::Data)?;
            if let Some(last) = self.machine.last_at(&self.payload).filter(|last| given < *last) {
                return Err(Cause::Time { given, last });
            }
        }
        for requirement in self.machine.requires(&self.payload) {
            if !says(*requirement, self.note.actor.as_ref(), self.note.reason.as_deref()) {
                return Err(Cause::Missing(*requirement));
            }
        }
        let Some(edge) = self.machine.edge(&self.payload) else { return Ok(()) };
        if let Err(denied) = self.machine.check(&self.payload) {
            return Err(Cause::Guard { name: denied.name, reason: denied.reason });
        }
        if edge.permission.is_some() {
            let Some(actor) = &self.note.actor else { return Err(Cause::Missing(Requirement::Actor)) };
            if let Err(denied) = self.machine.permit(&self.payload, actor) {
                return Err(Cause::Permission { name: denied.name, reason: denied.reason });
            }
        }
        Ok(())
    }

    /// Without a record, but at a time: the next step is held to it as after a recorded one.
    #[inline]
    fn arrive_unrecorded(self) -> M::To {
        let at = self.time();
        self.arrive(Accepted { at, head: None })
    }

    #[inline]
    fn arrive(self, accepted: Accepted) -> M::To {
        // The drop of a note is too much to be inlined, and a call of it would put the whole step into memory: so where
        // nothing was said, which the optimiser can see, nothing is dropped.
        if self.note.is_unallocated() {
            mem::forget(self.note);
        }
        self.machine.__arrive(self.payload, accepted)
    }

    /// Id and time of the record: as they were fixed, or made now.
    #[inline]
    fn stamp(&self) -> (Uuid, Timestamp) {
        let at = self.time();
        (self.note.id.unwrap_or_else(|| new_id(at)), at)
    }

    /// The time that was said, or the present.
    #[inline]
    fn time(&self) -> Timestamp {
        let last = self.machine.last_at(&self.payload);
        // A clock that stepped back must not put a record before the one it follows.
        let now = || last.map_or_else(Utc::now, |last| last.max(Utc::now()));
        self.note.at.unwrap_or_else(now)
    }

    /// What is recorded of the state's data, or of the event. Refuses what no record can hold, whatever the sink.
    #[inline]
    fn recorded(&self) -> Result<Option<Value>, ValueError> {
        self.note.context.check()?;
        self.note.actor.as_ref().map_or(Ok(()), Actor::check)?;
        let outer = if M::declaration().is_some() { "data" } else { "properties" };
        let recorded = self.machine.recorded(&self.payload);
        // Fields are made one by one; how deep the whole is nested is seen here.
        let checked = recorded.and_then(|data| data.as_ref().map_or(Ok(()), check_value).map(|()| data));
        checked.map_err(|error| error.within(outer))
    }

    fn record(&mut self, data: Option<Value>) -> Record {
        let (id, at) = self.stamp();
        let Note { actor, reason, context, .. } = mem::replace(&mut self.note, Note::new());
        self.machine.describe(&self.payload, data).record(id, at, actor, reason, context.into_context())
    }

    /// Takes back what the refused record was given.
    fn restore(&mut self, record: Record) {
        self.note = Note::of(record);
    }

    /// The record of a refusal. It has an id of its own: the step keeps its id for a later try.
    #[cold]
    fn refusal<E>(&self, cause: &Cause<E>) -> Record {
        let said = self.note.at.filter(|at| check_time(at).is_ok());
        let at = self.machine.last_at(&self.payload).max(Some(said.unwrap_or_else(Utc::now))).unwrap_or_default();
        let asked = self.machine.describe(&self.payload, None);
        let refusal = Description { kind: RecordKind::Refusal, version: None, prev: None, ..asked };
        let Note { actor, reason, context, .. } = &self.note;
        let mut record = refusal.record(new_id(at), at, actor.clone(), reason.clone(), context.context().clone());
        let (refused_by, refusal) = cause.words();
        record.refused_by = Some(refused_by.into());
        record.refusal = Some(refusal);
        record
    }

    /// The step in words: `` `submit` of Report 7 from `Draft` ``, `` `create-table` about Town 3 ``.
    fn what(&self) -> String {
        match self.machine.describe(&self.payload, None) {
            Description { subject: Some(subject), transition: Some(transition), from, .. } => {
                let from = from.map(|from| format!(" from `{from}`")).unwrap_or_default();
                format!("`{transition}` of {subject}{from}")
            }
            Description { event: Some(event), subject, .. } => {
                let subject = subject.map(|subject| format!(" about {subject}")).unwrap_or_default();
                format!("`{event}`{subject}")
            }
            _ => "a step".to_owned(),
        }
    }
}

impl<T, M: Advance<T, P>, P, A, R> fmt::Debug for Step<T, M, P, A, R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Step").field(&format_args!("{}", self.what())).finish()
    }
}

/// A step along an edge. What it takes, only the module that declares the machine can take out of it.
#[doc(hidden)]
#[inline]
pub fn step<T, M, P, A, R, S: State>(
    tracked: Tracked<S>,
    wrap: fn(Tracked<S>) -> M,
    payload: P,
) -> Step<T, M, P, A, R> {
    Step::new(wrap(tracked), payload)
}

/// The creation of a subject in an initial state.
#[doc(hidden)]
#[inline]
pub fn create<S: Initial>(subject: SubjectOf<S>, data: S::Data) -> Step<Created<S>, New<S>, Moves<S::Data>> {
    Step::new(New::of(subject), Moves(data))
}
