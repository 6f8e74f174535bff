//! A step: a change that has not happened yet, with its details.

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
use super::details::StepDetails;
use super::error::{Cause, CommitError};
use super::kernel::{Checked, Commit, OneStep, Prepared, RefusedStep, check};
use super::requirement::{ActorKnown, NotRequired, ReasonKnown, RequirementState};
use crate::chart::Requirement;
use crate::machine::{Accepted, Declaration, NewState, State, Tracked};
use crate::record::{
    Actor, Description, Record, RecordKind, Timestamp, ValueError, check_time, check_value, new_id, time_text,
};
use crate::sink::{AsyncSink, Offer, Receipt, Sink, StepFields};

/// A change that has not happened yet: the transition `T` of the machine `M`, with the payload `P`; or the event
/// `M`, as in [`EventStep`](crate::EventStep).
///
/// A step carries the actor, the reason and the context; [`commit`](Step::commit) makes it happen, or returns it in an error.
/// A step that is dropped has changed nothing and recorded nothing.
///
/// The parameters `A` and `R` show whether the actor and the reason are [`NotRequired`], [`NotGiven`](super::NotGiven) or
/// [`IsGiven`](super::IsGiven).
#[must_use = "a step does nothing until it is committed"]
pub struct Step<T, M, P = NewState<()>, A = NotRequired, R = NotRequired> {
    machine: M,
    pub(crate) payload: P,
    details: StepDetails,
    types: PhantomData<TypesOnly<T, A, R>>,
}

/// Parameters without values: a step can be sent to another thread if its machine and its payload can.
type TypesOnly<T, A, R> = fn() -> (T, A, R);

impl<T, M, P, A, R> Step<T, M, P, A, R> {
    #[inline]
    pub(crate) fn new(machine: M, payload: P) -> Self {
        Self { machine, payload, details: StepDetails::new(), types: PhantomData }
    }

    #[inline]
    fn with_requirements<A2, R2>(self) -> Step<T, M, P, A2, R2> {
        Step { machine: self.machine, payload: self.payload, details: self.details, types: PhantomData }
    }

    /// Sets the actor.
    #[inline]
    pub fn by(mut self, actor: impl Into<Actor>) -> Step<T, M, P, A::WhenGiven, R>
    where
        A: RequirementState,
    {
        self.details.actor = Some(actor.into());
        self.with_requirements()
    }

    /// Sets the reason.
    #[inline]
    pub fn because(mut self, reason: impl Into<String>) -> Step<T, M, P, A, R::WhenGiven>
    where
        R: RequirementState,
    {
        self.details.reason = Some(reason.into());
        self.with_requirements()
    }

    /// Adds a value to the context, such as an IP address or a request id, in its serde form. It replaces an earlier value
    /// of the key.
    ///
    /// A value that a record cannot hold (NaN, a body that is nested more than 64 levels deep) is refused by the commit,
    /// with [`Cause::Data`].
    #[inline]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl Serialize) -> Self {
        self.details.context.set(key, value);
        self
    }

    /// Sets the record `cause` that led to this step: its id goes into the context under [`Record::CAUSED_BY`]. The request
    /// id of `cause` is copied if the step has none, so that all that follows from one request can be found by it.
    ///
    /// A later call replaces the cause. A request id that the step already has is kept, whether it was copied or given by
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
        self.details.set_cause(cause);
        self
    }

    /// Sets the time, in place of the clock: for imports and tests.
    ///
    /// The commit refuses a time before the subject's last record with [`Cause::Time`], and one outside the years 0 to
    /// 9999 or in a leap second with [`Cause::Data`].
    #[inline]
    pub fn at(mut self, time: DateTime<Utc>) -> Self {
        self.details.at = Some(time);
        self
    }

    /// Returns the machine, in its state before the step.
    #[inline]
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// Returns the machine, in its state before the step, or the event. The step is dropped.
    #[inline]
    pub fn into_machine(self) -> M {
        self.machine
    }
}

impl<T, M: Advance<T, P>, P, A, R> Step<T, M, P, A, R> {
    /// Returns the id that the record will have, which this call fixes. If the result of a commit is unknown, you can look
    /// this id up in the log.
    pub fn record_id(&mut self) -> Uuid {
        let (id, at) = self.stamp();
        (self.details.id, self.details.at) = (Some(id), Some(at));
        id
    }

    /// Commits the step: calls the guards, then the permission, then offers the record to the sink. Returns the machine in its
    /// new state, or the event, after the sink has accepted.
    ///
    /// # Errors
    ///
    /// Returns [`CommitError`] if the step is refused. It has the [`Cause`] and the step, with the machine in its old state.
    ///
    /// # Panics
    ///
    /// Panics only if a guard or the sink panics. If a guard panics, nothing is recorded. If the sink panics, it
    /// determines whether the record is in the log. In both cases no machine is in the new state.
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
            Prepared::Unrecorded => Ok(self.enter_unrecorded()),
            Prepared::Refused(refused) => {
                let answer = refused.refusal.as_ref().map(|refusal| sink.on_refusal(refusal));
                Err(self.into_error(*refused, answer))
            }
        }
    }

    /// Commits into an asynchronous sink, as [`commit`](Step::commit) does.
    ///
    /// **Dropping the future** before it is ready drops the step and the machine with it. The sink may or may not have
    /// accepted the record. To find out, take the id from [`record_id`](Step::record_id) before, look it up in the log, and
    /// resume the subject from the log.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`commit`](Step::commit).
    ///
    /// # Panics
    ///
    /// Panics as [`commit`](Step::commit) does.
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
            Prepared::Unrecorded => Ok(self.enter_unrecorded()),
            Prepared::Refused(refused) => {
                let answer = match &refused.refusal {
                    Some(refusal) => Some(sink.on_refusal(refusal).await),
                    None => None,
                };
                Err(self.into_error(*refused, answer))
            }
        }
    }

    /// Returns the id and the time of the record: the fixed ones, or new ones.
    #[inline]
    fn stamp(&self) -> (Uuid, Timestamp) {
        let at = self.time();
        (self.details.id.unwrap_or_else(|| new_id(at)), at)
    }

    /// Returns the time that was set, or the present.
    #[inline]
    fn time(&self) -> Timestamp {
        let last = self.machine.last_at(&self.payload);
        // If the clock was set back, the record must still not be before the last one.
        let now = || self.details.now.unwrap_or_else(Utc::now);
        self.details.at.unwrap_or_else(|| last.map_or_else(now, |last| last.max(now())))
    }

    #[inline]
    pub(super) fn enter_at(self, at: Timestamp, receipt: Receipt) -> M::To {
        self.machine.__enter(self.payload, Accepted { at, head: receipt.head() })
    }

    pub(super) fn description(&self) -> Description {
        self.machine.describe(&self.payload, None)
    }
}

impl<T, M: Advance<T, P>, P, A, R> OneStep for Step<T, M, P, A, R> {
    #[inline]
    fn fields<'a>(&'a mut self, wants_record: &'a mut bool) -> StepFields<'a> {
        let StepDetails { actor, context, now, .. } = &mut self.details;
        *now = None;
        StepFields { actor, context, now, wants_record }
    }

    #[inline]
    fn validate(&self) -> Result<(), Cause<Infallible>> {
        let now = self.details.now.filter(|_| self.details.at.is_none());
        now.as_ref().map_or(Ok(()), check_time).map_err(Cause::Data)?;
        if let Some(given) = self.details.at {
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
            if !requirement.is_met_by(self.details.actor.as_ref(), self.details.reason.as_deref()) {
                return Err(unmet(*requirement, &self.details));
            }
        }
        let Some(edge) = self.machine.edge(&self.payload) else { return Ok(()) };
        if let Err(denied) = self.machine.check(&self.payload) {
            return Err(Cause::Guard { name: denied.name, reason: denied.reason });
        }
        if edge.permission.is_some() {
            let Some(actor) = &self.details.actor else { return Err(Cause::Requirement(Requirement::Actor)) };
            if let Err(denied) = self.machine.permit(&self.payload, actor) {
                return Err(Cause::Permission { name: denied.name, reason: denied.reason });
            }
        }
        Ok(())
    }

    #[inline]
    fn data(&self) -> Result<Option<Value>, ValueError> {
        self.details.context.check()?;
        self.details.actor.as_ref().map_or(Ok(()), Actor::check)?;
        let outer = if M::declaration().is_some() { "data" } else { "properties" };
        let recorded = self.machine.recorded(&self.payload);
        // The fields were serialised one by one, so the depth of the whole is checked here.
        let checked = recorded.and_then(|data| data.as_ref().map_or(Ok(()), check_value).map(|()| data));
        checked.map_err(|error| error.within(outer))
    }

    /// The refusal gets another id: the step keeps its id for a retry.
    #[cold]
    fn refusal(&self, cause: &Cause<Infallible>) -> Record {
        let given = self.details.at.or(self.details.now).filter(|at| check_time(at).is_ok());
        let at = self.machine.last_at(&self.payload).max(Some(given.unwrap_or_else(Utc::now))).unwrap_or_default();
        let refusal = Description { kind: RecordKind::Refusal, version: None, prev: None, ..self.description() };
        let StepDetails { actor, reason, context, .. } = &self.details;
        let mut record = refusal.record(new_id(at), at, actor.clone(), reason.clone(), context.context().clone());
        let (refused_by, refusal) = cause.refused_by();
        record.refused_by = Some(refused_by.into());
        record.refusal = Some(refusal);
        if let Some(asserted) = self.details.at.filter(|asserted| *asserted != at) {
            record.parameters.set("at".into(), time_text(&asserted).into());
        }
        record
    }

    #[inline]
    fn record(&mut self, data: Option<Value>) -> Record {
        let (id, at) = self.stamp();
        let StepDetails { actor, reason, context, .. } = mem::replace(&mut self.details, StepDetails::new());
        self.machine.describe(&self.payload, data).record(id, at, actor, reason, context.into_context())
    }

    fn restore(&mut self, record: Record) {
        self.details = StepDetails::from_record(record);
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
    fn check(&mut self, fill: impl Fn(&mut StepFields<'_>)) -> Result<Checked<Option<Value>>, Box<RefusedStep>> {
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
    fn enter(self, record: &Record, receipt: Receipt) -> M::To {
        self.enter_at(record.at, receipt)
    }

    /// The machine keeps the time although there is no record, so that the next step is not before this one.
    #[inline]
    fn enter_unrecorded(self) -> M::To {
        let at = self.time();
        self.enter_at(at, Receipt::default())
    }

    fn into_steps(self) -> Self {
        self
    }
}

impl<T, M: Advance<T, P>, P, A, R> fmt::Debug for Step<T, M, P, A, R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Step").field(&format_args!("{}", self.description())).finish()
    }
}

/// Returns a step along an edge. Only the module that declares the machine can take a `Tracked` out of it.
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
fn unmet(requirement: Requirement, details: &StepDetails) -> Cause<Infallible> {
    let is_given = match requirement {
        Requirement::Actor => details.actor.is_some(),
        Requirement::Reason => details.reason.is_some(),
    };
    if is_given { Cause::BlankRequirement(requirement) } else { Cause::Requirement(requirement) }
}
