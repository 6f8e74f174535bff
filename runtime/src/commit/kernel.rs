//! The order of a commit, without input or output. [`Step::commit`](super::Step::commit), `commit_async`, `commit_all` and
//! `commit_all_async` do the rest: they pass on to the sink what is prepared here, and pass its answer back.

use std::convert::Infallible;

use serde_json::Value;

use super::error::{Cause, CommitError};
use crate::machine::Declaration;
use crate::record::{Record, ValueError};
use crate::sink::FillIn;

/// One step, or several that are committed as one.
pub(super) trait Commit: Sized {
    /// The steps that the caller gets back if the commit is refused.
    type Steps;
    /// The machine in its new state; of several steps, all of them.
    type To;
    /// The data that is recorded.
    type Data;
    /// The record that the sink is offered, or several.
    type Records;
    /// The receipt that the sink returns, or several.
    type Receipts;

    /// Checks each step; the first that is refused stops all. See [`check`].
    fn check(&mut self, fill: impl Fn(&mut FillIn<'_>)) -> Result<Checked<Self::Data>, Box<Stopped>>;
    /// Moves what the steps state into their records.
    fn record(&mut self, data: Self::Data) -> Self::Records;
    /// Moves it back, with the ids and times of the records.
    fn restore(&mut self, records: Self::Records);
    fn arrive(self, records: &Self::Records, receipts: Self::Receipts) -> Self::To;
    fn arrive_unrecorded(self) -> Self::To;
    fn into_steps(self) -> Self::Steps;

    /// Does all that comes before the sink: fill in, guards, permission, data, record.
    #[inline]
    fn prepare(&mut self, fill: impl Fn(&mut FillIn<'_>)) -> Prepared<Self::Records> {
        match self.check(fill) {
            Err(stopped) => Prepared::Stopped(stopped),
            Ok(Checked { wants_record: false, .. }) => Prepared::Unrecorded,
            Ok(Checked { data, .. }) => Prepared::Offered(self.record(data)),
        }
    }

    /// Follows the sink's answer: returns the new state, or the step as it was, with the id and time of its record.
    #[inline]
    fn conclude<E>(
        mut self,
        records: Self::Records,
        answer: Result<Self::Receipts, E>,
    ) -> Result<Self::To, CommitError<Self::Steps, E>> {
        match answer {
            Ok(receipts) => Ok(self.arrive(&records, receipts)),
            Err(error) => {
                self.restore(records);
                Err(CommitError::new(Cause::Sink(error), self.into_steps()))
            }
        }
    }

    /// Gives the steps back. `answer` is the sink's to the record of the refusal, if there was one.
    #[cold]
    fn give_back<E>(self, stopped: Stopped, answer: Option<Result<(), E>>) -> CommitError<Self::Steps, E> {
        let Stopped { position, cause, .. } = stopped;
        CommitError::stopped(position, cause, self.into_steps(), answer.and_then(Result::err))
    }
}

/// The next action of a commit.
pub(super) enum Prepared<R> {
    /// It offers this to the sink, and concludes.
    Offered(R),
    /// The sink wants no record: the steps arrive.
    Unrecorded,
    /// It offers the refusal, if there is one, and gives the steps back.
    Stopped(Box<Stopped>),
}

/// The result of checking a step.
pub(super) struct Checked<D> {
    pub(super) data: D,
    pub(super) wants_record: bool,
}

/// A step that may not happen.
pub(super) struct Stopped {
    /// Which of several, counted from 0.
    pub(super) position: Option<usize>,
    pub(super) cause: Cause<Infallible>,
    /// Its record. A refusal because of the data has none: the data is what cannot be recorded.
    pub(super) refusal: Option<Record>,
}

/// One step, whatever it moves.
pub(super) trait OneStep {
    /// The fields that it leaves open, for the sink to fill in.
    fn open<'a>(&'a mut self, wants_record: &'a mut bool) -> FillIn<'a>;
    /// Whether it may happen: time, requirements, guards, permission.
    fn examine(&self) -> Result<(), Cause<Infallible>>;
    /// The data that is recorded, if a record can hold it.
    fn data(&self) -> Result<Option<Value>, ValueError>;
    /// The record of its refusal.
    fn refusal(&self, cause: &Cause<Infallible>) -> Record;
    fn record(&mut self, data: Option<Value>) -> Record;
    fn restore(&mut self, record: Record);
    fn declaration(&self) -> Option<&'static Declaration>;
}

/// The part of the order that each step goes through by itself.
#[inline]
pub(super) fn check(
    step: &mut (impl OneStep + ?Sized),
    fill: impl Fn(&mut FillIn<'_>),
) -> Result<Checked<Option<Value>>, Box<Stopped>> {
    let mut wants_record = true;
    fill(&mut step.open(&mut wants_record));
    if let Err(cause) = step.examine() {
        let refusal = Some(step.refusal(&cause));
        return Err(Box::new(Stopped { position: None, cause, refusal }));
    }
    match step.data() {
        Ok(data) => Ok(Checked { data, wants_record }),
        Err(error) => Err(Box::new(Stopped { position: None, cause: Cause::Data(error), refusal: None })),
    }
}
