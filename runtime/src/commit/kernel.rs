//! The order of a commit, without input or output. [`Step::commit`](super::Step::commit), `commit_async`, `commit_all` and
//! `commit_all_async` offer the prepared records to the sink, and pass its result back.

use std::convert::Infallible;

use serde_json::Value;

use super::error::{Cause, CommitError};
use crate::machine::Declaration;
use crate::record::{Record, ValueError};
use crate::sink::StepFields;

/// One step, or several that are committed as one.
pub(super) trait Commit: Sized {
    /// The steps that a refused commit returns to the caller.
    type Steps;
    /// The machine in its new state, or the machines of several steps.
    type To;
    /// The data of the record, or of several.
    type Data;
    /// The record that the sink is offered, or several.
    type Records;
    /// The receipt that the sink returns, or several.
    type Receipts;

    /// Checks each step, up to the first that is refused. See [`check`].
    fn check(&mut self, fill: impl Fn(&mut StepFields<'_>)) -> Result<Checked<Self::Data>, Box<RefusedStep>>;
    /// Moves the details of the steps into their records.
    fn record(&mut self, data: Self::Data) -> Self::Records;
    /// Moves the details back, with the ids and times of the records.
    fn restore(&mut self, records: Self::Records);
    fn enter(self, records: &Self::Records, receipts: Self::Receipts) -> Self::To;
    fn enter_unrecorded(self) -> Self::To;
    fn into_steps(self) -> Self::Steps;

    /// Does everything that comes before the sink: fill in, guards, permission, data, record.
    #[inline]
    fn prepare(&mut self, fill: impl Fn(&mut StepFields<'_>)) -> Prepared<Self::Records> {
        match self.check(fill) {
            Err(refused) => Prepared::Refused(refused),
            Ok(Checked { wants_record: false, .. }) => Prepared::Unrecorded,
            Ok(Checked { data, .. }) => Prepared::Offered(self.record(data)),
        }
    }

    /// Acts on the sink's answer: returns the machine in its new state, or an error with the step as it was, with the id and
    /// time of its record.
    #[inline]
    fn conclude<E>(
        mut self,
        records: Self::Records,
        answer: Result<Self::Receipts, E>,
    ) -> Result<Self::To, CommitError<Self::Steps, E>> {
        match answer {
            Ok(receipts) => Ok(self.enter(&records, receipts)),
            Err(error) => {
                self.restore(records);
                Err(CommitError::new(Cause::Sink(error), self.into_steps()))
            }
        }
    }

    /// Returns the error with the steps. `answer` is the sink's answer to the record of the refusal, if there was one.
    #[cold]
    fn into_error<E>(self, refused: RefusedStep, answer: Option<Result<(), E>>) -> CommitError<Self::Steps, E> {
        let RefusedStep { position, cause, .. } = refused;
        CommitError::refused(position, cause, self.into_steps(), answer.and_then(Result::err))
    }
}

/// The next action of a commit.
pub(super) enum Prepared<R> {
    /// Offer this to the sink, and conclude.
    Offered(R),
    /// The sink wants no record: enter the new states.
    Unrecorded,
    /// Offer the refusal, if there is one, and return the error.
    Refused(Box<RefusedStep>),
}

/// The result of checking a step.
pub(super) struct Checked<D> {
    pub(super) data: D,
    pub(super) wants_record: bool,
}

/// A step that was refused before its record was offered.
pub(super) struct RefusedStep {
    /// Its position among several, counted from 0.
    pub(super) position: Option<usize>,
    pub(super) cause: Cause<Infallible>,
    /// The record of the refusal. A refusal because of the data has none, because the data cannot be recorded.
    pub(super) refusal: Option<Record>,
}

/// One step: a transition, a creation or an event.
pub(super) trait OneStep {
    /// Returns the fields of the step, for the sink to fill in the open ones.
    fn fields<'a>(&'a mut self, wants_record: &'a mut bool) -> StepFields<'a>;
    /// Validates the step: time, requirements, guards, permission.
    fn validate(&self) -> Result<(), Cause<Infallible>>;
    /// Returns the data for the record, if a record can hold it.
    fn data(&self) -> Result<Option<Value>, ValueError>;
    /// Returns the record of its refusal.
    fn refusal(&self, cause: &Cause<Infallible>) -> Record;
    fn record(&mut self, data: Option<Value>) -> Record;
    fn restore(&mut self, record: Record);
    fn declaration(&self) -> Option<&'static Declaration>;
}

/// Checks one step: fills it in, validates it, and reads its data.
#[inline]
pub(super) fn check(
    step: &mut (impl OneStep + ?Sized),
    fill: impl Fn(&mut StepFields<'_>),
) -> Result<Checked<Option<Value>>, Box<RefusedStep>> {
    let mut wants_record = true;
    fill(&mut step.fields(&mut wants_record));
    if let Err(cause) = step.validate() {
        let refusal = Some(step.refusal(&cause));
        return Err(Box::new(RefusedStep { position: None, cause, refusal }));
    }
    match step.data() {
        Ok(data) => Ok(Checked { data, wants_record }),
        Err(error) => Err(Box::new(RefusedStep { position: None, cause: Cause::Data(error), refusal: None })),
    }
}
