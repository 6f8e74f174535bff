//! A step: what is to happen, and what is stated about it.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::mem;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::advance::Advance;
use super::error::{Cause, CommitError};
use super::kernel::{Checked, Commit, OneStep, Prepared, Stopped, check};
use super::marks::{ActorKnown, Mark, NotRequired, ReasonKnown};
use super::note::Note;
use crate::chart::Requirement;
use crate::machine::{Accepted, Declaration, NewState, State, Tracked};
use crate::record::{
    Actor, Description, Record, RecordKind, Timestamp, ValueError, check_time, check_value, new_id, time_text,
};
use crate::sink::{AsyncSink, FillIn, Offer, Receipt, Sink};

/// A change that has not happened yet: the transition `T` of the machine `M`, with the payload `P`; or the event
/// `M`, as in [`EventStep`](super::EventStep).
///
/// A step says who acts, why, and what else is known; [`commit`](Step::commit) makes it happen, or refuses
/// and loses nothing. A step that is dropped has changed nothing and recorded nothing.
///
/// The parameters `A` and `R` tell whether the actor and the reason are [`NotRequired`], [`NotGiven`](super::NotGiven) or
/// [`IsGiven`](super::IsGiven).
#[must_use = "a step does nothing until it is committed"]
pub struct Step<T, M, P = NewState<()>, A = NotRequired, R = NotRequired> {
    machine: M,
    pub(crate) payload: P,
    note: Note,
    marks: PhantomData<Marks<T, A, R>>,
}

/// Known by its types alone: a step can be sent where its machine can.
type Marks<T, A, R> = fn() -> (T, A, R);

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

    /// States that this follows from the record `cause`: its id goes into the context under [`Record::CAUSED_BY`]. The request
    /// id of `cause` is copied if the step has none, so that all that follows from one request can be found by it.
    ///
    /// A later call replaces the cause. A request id that the step has by then stays, whether it was copied or given by
    /// [`with`](Step::with); a later `with` replaces it. One that a sink fills in
    /// ([`Scope::request_id`](crate::sink::Scope::request_id)) is used if the cause has none.
    ///
    /// ```
    /// use tollgate::events::{DropTable, Logout};
    /// use tollgate::{Event, Record};
    ///
    /// let mut log: Vec<Record> = Vec::new();
    /// let drop = DropTable { database: "town".into(), table: "trees".into() };
    /// drop.occurred().by("ann").with("request_id", "r-1").commit(&mut log)?;
    /// Logout.occurred().by("ann").caused_by(&log[0]).commit(&mut log)?;
    /// assert_eq!(log[1].caused_by(), Some(log[0].id));
    /// assert_eq!(log[1].context.get("request_id"), Some(&"r-1".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn caused_by(mut self, cause: &Record) -> Self {
        self.note.follow(cause);
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
    /// [`CommitError`], with the cause and the whole step; the machine is then in its old state. See [`Cause`].
    ///
    /// # Panics
    ///
    /// Only where a guard or the sink does. After a guard's panic nothing was recorded; after a sink's,
    /// what the log holds is for the sink to say. In neither case is there a machine in the new state.
    #[inline]
    pub fn commit<K: Sink>(mut self, mut sink: K) -> Result<M::To, CommitError<Self, K::Error>>
    where
        A: ActorKnown,
        R: ReasonKnown,
    {
        match self.prepare(|step| sink.fill(step)) {
            Prepared::Offered(record) => {
                let answer = sink.accept(Offer::of(&record, M::declaration()));
                self.conclude(record, answer)
            }
            Prepared::Unrecorded => Ok(self.arrive_unrecorded()),
            Prepared::Stopped(stopped) => {
                let answer = stopped.refusal.as_ref().map(|refusal| sink.on_refusal(refusal));
                Err(self.give_back(*stopped, answer))
            }
        }
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
    pub async fn commit_async<K: AsyncSink>(mut self, mut sink: K) -> Result<M::To, CommitError<Self, K::Error>>
    where
        A: ActorKnown,
        R: ReasonKnown,
    {
        match self.prepare(|step| sink.fill(step)) {
            Prepared::Offered(record) => {
                let answer = sink.accept(Offer::of(&record, M::declaration())).await;
                self.conclude(record, answer)
            }
            Prepared::Unrecorded => Ok(self.arrive_unrecorded()),
            Prepared::Stopped(stopped) => {
                let answer = match &stopped.refusal {
                    Some(refusal) => Some(sink.on_refusal(refusal).await),
                    None => None,
                };
                Err(self.give_back(*stopped, answer))
            }
        }
    }

    /// Id and time of the record: as they were fixed, or made now.
    #[inline]
    fn stamp(&self) -> (Uuid, Timestamp) {
        let at = self.time();
        (self.note.id.unwrap_or_else(|| new_id(at)), at)
    }

    /// The time that was given, or the present.
    #[inline]
    fn time(&self) -> Timestamp {
        let last = self.machine.last_at(&self.payload);
        // A clock that stepped back must not put a record before the one it follows.
        let now = || self.note.now.unwrap_or_else(Utc::now);
        self.note.at.unwrap_or_else(|| last.map_or_else(now, |last| last.max(now())))
    }

    #[inline]
    pub(super) fn arrive_at(self, at: Timestamp, receipt: Receipt) -> M::To {
        self.machine.__arrive(self.payload, Accepted { at, head: receipt.head() })
    }

    pub(super) fn description(&self) -> Description {
        self.machine.describe(&self.payload, None)
    }
}

impl<T, M: Advance<T, P>, P, A, R> OneStep for Step<T, M, P, A, R> {
    #[inline]
    fn open<'a>(&'a mut self, wants_record: &'a mut bool) -> FillIn<'a> {
        let Note { actor, context, now, .. } = &mut self.note;
        *now = None;
        FillIn { actor, context, now, wants_record }
    }

    #[inline]
    fn examine(&self) -> Result<(), Cause<Infallible>> {
        let now = self.note.now.filter(|_| self.note.at.is_none());
        now.as_ref().map_or(Ok(()), check_time).map_err(Cause::Data)?;
        if let Some(given) = self.note.at {
            check_time(&given).map_err(Cause::Data)?;
            if let Some(last) = self.machine.last_at(&self.payload).filter(|last| given < *last) {
                return Err(Cause::Time { given, last });
            }
        }
        let last = self.machine.last_version(&self.payload);
        if last == u64::MAX {
            return Err(Cause::Version { last });
        }
        for requirement in self.machine.requires(&self.payload) {
            if !requirement.is_met_by(self.note.actor.as_ref(), self.note.reason.as_deref()) {
                return Err(unmet(*requirement, &self.note));
            }
        }
        let Some(edge) = self.machine.edge(&self.payload) else { return Ok(()) };
        if let Err(denied) = self.machine.check(&self.payload) {
            return Err(Cause::Guard { name: denied.name, reason: denied.reason });
        }
        if edge.permission.is_some() {
            let Some(actor) = &self.note.actor else { return Err(Cause::Requirement(Requirement::Actor)) };
            if let Err(denied) = self.machine.permit(&self.payload, actor) {
                return Err(Cause::Permission { name: denied.name, reason: denied.reason });
            }
        }
        Ok(())
    }

    #[inline]
    fn data(&self) -> Result<Option<Value>, ValueError> {
        self.note.context.check()?;
        self.note.actor.as_ref().map_or(Ok(()), Actor::check)?;
        let outer = if M::declaration().is_some() { "data" } else { "properties" };
        let recorded = self.machine.recorded(&self.payload);
        // Fields are made one by one; how deep the whole is nested is seen here.
        let checked = recorded.and_then(|data| data.as_ref().map_or(Ok(()), check_value).map(|()| data));
        checked.map_err(|error| error.within(outer))
    }

    /// It has an id of its own: the step keeps its id for a later try.
    #[cold]
    fn refusal(&self, cause: &Cause<Infallible>) -> Record {
        let given = self.note.at.or(self.note.now).filter(|at| check_time(at).is_ok());
        let at = self.machine.last_at(&self.payload).max(Some(given.unwrap_or_else(Utc::now))).unwrap_or_default();
        let refusal = Description { kind: RecordKind::Refusal, version: None, prev: None, ..self.description() };
        let Note { actor, reason, context, .. } = &self.note;
        let mut record = refusal.record(new_id(at), at, actor.clone(), reason.clone(), context.context().clone());
        let (refused_by, refusal) = cause.words();
        record.refused_by = Some(refused_by.into());
        record.refusal = Some(refusal);
        if let Some(asserted) = self.note.at.filter(|asserted| *asserted != at) {
            record.parameters.set("at".into(), time_text(&asserted).into());
        }
        record
    }

    #[inline]
    fn record(&mut self, data: Option<Value>) -> Record {
        let (id, at) = self.stamp();
        let Note { actor, reason, context, .. } = mem::replace(&mut self.note, Note::new());
        self.machine.describe(&self.payload, data).record(id, at, actor, reason, context.into_context())
    }

    fn restore(&mut self, record: Record) {
        self.note = Note::of(record);
    }

    fn declaration(&self) -> Option<&'static Declaration> {
        M::declaration()
    }
}

impl<T, M: Advance<T, P>, P, A, R> Commit for Step<T, M, P, A, R> {
    type Steps = Self;
    type To = M::To;
    type Data = Option<Value>;
    type Records = Record;
    type Receipts = Receipt;

    #[inline]
    fn check(&mut self, fill: impl Fn(&mut FillIn<'_>)) -> Result<Checked<Option<Value>>, Box<Stopped>> {
        check(self, fill)
    }

    #[inline]
    fn record(&mut self, data: Option<Value>) -> Record {
        OneStep::record(self, data)
    }

    fn restore(&mut self, record: Record) {
        OneStep::restore(self, record);
    }

    #[inline]
    fn arrive(self, record: &Record, receipt: Receipt) -> M::To {
        self.arrive_at(record.at, receipt)
    }

    /// Without a record, but at a time: the next step is not before it, as after a recorded one.
    #[inline]
    fn arrive_unrecorded(self) -> M::To {
        let at = self.time();
        self.arrive_at(at, Receipt::default())
    }

    fn into_steps(self) -> Self {
        self
    }
}

impl<T, M: Advance<T, P>, P, A, R> fmt::Debug for Step<T, M, P, A, R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Step").field(&format_args!("{}", self.description().in_words())).finish()
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

#[cold]
fn unmet(requirement: Requirement, note: &Note) -> Cause<Infallible> {
    let is_given = match requirement {
        Requirement::Actor => note.actor.is_some(),
        Requirement::Reason => note.reason.is_some(),
    };
    if is_given { Cause::BlankRequirement(requirement) } else { Cause::Requirement(requirement) }
}
