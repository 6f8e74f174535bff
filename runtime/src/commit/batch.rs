//! Several steps that are committed as one: all of them happen, or none.

use serde_json::Value;

use super::advance::Advance;
use super::error::CommitError;
use super::kernel::{Checked, Commit, OneStep, Prepared, RefusedStep, check};
use super::requirement::{ActorKnown, ReasonKnown};
use super::step::Step;
use crate::machine::Declaration;
use crate::record::{Description, Record, Timestamp};
use crate::sink::{AsyncBatchSink, BatchSink, Offers, Receipt, StepFields};

/// The argument of [`commit_all`]: a step, or a tuple of up to eight, an array or a `Vec` of steps.
///
/// Each may be of another machine, or an event. No machine is in it twice, because its step owns it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step or a collection of steps",
    label = "not a step",
    note = "the method of a transition returns a step, and so do `create`, `fire` and `occurred`",
    note = "several steps go into a tuple of up to eight, an array or a `Vec`"
)]
pub trait Steps: Sized {
    /// The machines in their new states, and the events, in the same order.
    type To;

    #[doc(hidden)]
    fn list<'a>(&'a mut self, list: &mut StepList<'a>);
    #[doc(hidden)]
    fn describe(&self, descriptions: &mut Vec<Description>);
    #[doc(hidden)]
    fn enter(self, accepted: &mut Acceptances) -> Self::To;
}

/// Steps that each have the actor and the reason that they require. If [`Steps`] had this bound, rustc would point at the
/// call, and not at the step that lacks one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step or a collection of steps",
    label = "not a step",
    note = "the method of a transition returns a step, and so do `create`, `fire` and `occurred`",
    note = "several steps go into a tuple of up to eight, an array or a `Vec`"
)]
pub trait CompleteSteps: Steps {}

/// Commits all of the steps or none of them, into a sink that accepts several records as one.
///
/// Each step is filled in and validated as by [`Step::commit`], in the given order. If one is refused, none happens, and
/// [`CommitError::position`] names it. Then all records are offered to the sink at once. If the sink refuses them because of
/// one record and knows which, as a store does, `position` names that one.
///
/// ```
/// use tollgate::{Record, StateMachine, commit_all};
///
/// # #[derive(StateMachine)]
/// # #[transition(pay, from = Open, to = Paid)]
/// # enum OrderState {
/// #     #[state(initial)]
/// #     Open,
/// #     #[state(terminal)]
/// #     Paid,
/// # }
/// # #[derive(StateMachine)]
/// # #[transition(capture, from = Authorized, to = Captured)]
/// # enum PaymentState {
/// #     #[state(initial)]
/// #     Authorized,
/// #     #[state(terminal)]
/// #     Captured,
/// # }
/// let mut log: Vec<Record> = Vec::new();
/// let (order, payment) = commit_all((OrderMachine::create(7), PaymentMachine::create(7)), &mut log)?;
/// let (order, payment) = commit_all((order.pay(), payment.capture()), &mut log)?;
/// assert_eq!((order.version(), payment.version(), log.len()), (2, 2, 4));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Returns [`CommitError`] if a step or the sink refuses. It has the cause and all steps; every machine is in its old state.
///
/// # Panics
///
/// Panics only if a guard or the sink panics, as [`Step::commit`] does.
pub fn commit_all<S, K>(steps: S, mut sink: K) -> Result<S::To, CommitError<S, K::Error>>
where
    S: CompleteSteps,
    K: BatchSink,
{
    let mut batch = Batch(steps);
    match batch.prepare(|step| sink.fill(step)) {
        Prepared::Offered(batch_records) => {
            let answer = sink.accept_all(Offers::of(&batch_records.records, &batch_records.declarations));
            let position = answer.as_ref().err().and_then(|error| sink.position_of(error, &batch_records.records));
            batch.conclude(batch_records, answer).map_err(|error| error.with_position(position))
        }
        Prepared::Unrecorded => Ok(batch.enter_unrecorded()),
        Prepared::Refused(refused) => {
            let answer = refused.refusal.as_ref().map(|refusal| sink.on_refusal(refusal));
            Err(batch.into_error(*refused, answer))
        }
    }
}

/// Commits into an asynchronous sink, as [`commit_all`] does.
///
/// If the future is dropped, the same holds as for [`Step::commit_async`].
///
/// # Errors
///
/// Returns the errors of [`commit_all`].
///
/// # Panics
///
/// Panics as [`commit_all`] does.
pub async fn commit_all_async<S, K>(steps: S, mut sink: K) -> Result<S::To, CommitError<S, K::Error>>
where
    S: CompleteSteps,
    K: AsyncBatchSink,
{
    let mut batch = Batch(steps);
    match batch.prepare(|step| sink.fill(step)) {
        Prepared::Offered(batch_records) => {
            let answer = sink.accept_all(Offers::of(&batch_records.records, &batch_records.declarations)).await;
            let position = answer.as_ref().err().and_then(|error| sink.position_of(error, &batch_records.records));
            batch.conclude(batch_records, answer).map_err(|error| error.with_position(position))
        }
        Prepared::Unrecorded => Ok(batch.enter_unrecorded()),
        Prepared::Refused(refused) => {
            let answer = match &refused.refusal {
                Some(refusal) => Some(sink.on_refusal(refusal).await),
                None => None,
            };
            Err(batch.into_error(*refused, answer))
        }
    }
}

/// The steps of one commit.
struct Batch<S>(S);

/// The records of a batch, and the machine of each.
struct BatchRecords {
    records: Vec<Record>,
    declarations: Vec<Option<&'static Declaration>>,
}

impl<S: Steps> Commit for Batch<S> {
    type Steps = S;
    type To = S::To;
    type Data = Vec<Option<Value>>;
    type Records = BatchRecords;
    type Receipts = Vec<Receipt>;

    fn check(&mut self, fill: impl Fn(&mut StepFields<'_>)) -> Result<Checked<Self::Data>, Box<RefusedStep>> {
        let mut all = Checked { data: Vec::new(), wants_record: true };
        for (position, step) in step_list(&mut self.0).into_iter().enumerate() {
            let checked = check(step, &fill).map_err(|mut refused| {
                refused.position = Some(position);
                refused
            })?;
            all.data.push(checked.data);
            all.wants_record &= checked.wants_record;
        }
        Ok(all)
    }

    fn record(&mut self, data: Self::Data) -> BatchRecords {
        let each = step_list(&mut self.0).into_iter().zip(data);
        let (records, declarations) = each.map(|(step, data)| (step.record(data), step.declaration())).unzip();
        BatchRecords { records, declarations }
    }

    fn restore(&mut self, batch_records: BatchRecords) {
        for (step, record) in step_list(&mut self.0).into_iter().zip(batch_records.records) {
            step.restore(record);
        }
    }

    fn enter(self, batch_records: &BatchRecords, receipts: Vec<Receipt>) -> S::To {
        self.0.enter(&mut Acceptances::of(&batch_records.records, receipts))
    }

    fn enter_unrecorded(self) -> S::To {
        self.0.enter(&mut Acceptances::unrecorded())
    }

    fn into_steps(self) -> S {
        self.0
    }
}

fn step_list(steps: &mut impl Steps) -> Vec<&mut dyn OneStep> {
    let mut list = StepList(Vec::new());
    steps.list(&mut list);
    list.0
}

/// The steps in their order. Only this crate can read it.
#[doc(hidden)]
pub struct StepList<'a>(Vec<&'a mut dyn OneStep>);

/// The time and the receipt of each accepted record, in the order of the steps. Only this crate can make one.
#[doc(hidden)]
pub struct Acceptances(std::vec::IntoIter<(Timestamp, Receipt)>);

impl Acceptances {
    fn unrecorded() -> Self {
        Self(Vec::new().into_iter())
    }

    fn of(records: &[Record], receipts: Vec<Receipt>) -> Self {
        // A sink that returns fewer receipts than there are records keeps no chain for the rest.
        let receipts = receipts.into_iter().chain(std::iter::repeat(Receipt::default()));
        Self(records.iter().map(|record| record.at).zip(receipts).collect::<Vec<_>>().into_iter())
    }
}

impl<T, M: Advance<T, P>, P, A, R> Steps for Step<T, M, P, A, R> {
    type To = M::To;

    fn list<'a>(&'a mut self, list: &mut StepList<'a>) {
        list.0.push(self);
    }

    fn describe(&self, descriptions: &mut Vec<Description>) {
        descriptions.push(self.description());
    }

    fn enter(self, accepted: &mut Acceptances) -> M::To {
        match accepted.0.next() {
            Some((at, receipt)) => self.enter_at(at, receipt),
            None => Commit::enter_unrecorded(self),
        }
    }
}

impl<T, M: Advance<T, P>, P, A: ActorKnown, R: ReasonKnown> CompleteSteps for Step<T, M, P, A, R> {}

impl<S: Steps> Steps for Vec<S> {
    type To = Vec<S::To>;

    fn list<'a>(&'a mut self, list: &mut StepList<'a>) {
        for steps in self {
            steps.list(list);
        }
    }

    fn describe(&self, descriptions: &mut Vec<Description>) {
        for steps in self {
            steps.describe(descriptions);
        }
    }

    fn enter(self, accepted: &mut Acceptances) -> Vec<S::To> {
        self.into_iter().map(|steps| steps.enter(accepted)).collect()
    }
}

impl<S: CompleteSteps> CompleteSteps for Vec<S> {}

impl<S: Steps, const N: usize> Steps for [S; N] {
    type To = [S::To; N];

    fn list<'a>(&'a mut self, list: &mut StepList<'a>) {
        for steps in self {
            steps.list(list);
        }
    }

    fn describe(&self, descriptions: &mut Vec<Description>) {
        for steps in self {
            steps.describe(descriptions);
        }
    }

    fn enter(self, accepted: &mut Acceptances) -> [S::To; N] {
        self.map(|steps| steps.enter(accepted))
    }
}

impl<S: CompleteSteps, const N: usize> CompleteSteps for [S; N] {}

macro_rules! steps_in_a_tuple {
    ($(($($steps:ident)+))*) => {$(
        #[allow(non_snake_case, reason = "each variable has the name of its type")]
        impl<$($steps: Steps),+> Steps for ($($steps,)+) {
            type To = ($($steps::To,)+);

            fn list<'a>(&'a mut self, list: &mut StepList<'a>) {
                let ($($steps,)+) = self;
                $($steps.list(list);)+
            }

            fn describe(&self, descriptions: &mut Vec<Description>) {
                let ($($steps,)+) = self;
                $($steps.describe(descriptions);)+
            }

            fn enter(self, accepted: &mut Acceptances) -> Self::To {
                let ($($steps,)+) = self;
                ($($steps.enter(accepted),)+)
            }
        }

        impl<$($steps: CompleteSteps),+> CompleteSteps for ($($steps,)+) {}
    )*};
}

steps_in_a_tuple! {
    (S1)
    (S1 S2)
    (S1 S2 S3)
    (S1 S2 S3 S4)
    (S1 S2 S3 S4 S5)
    (S1 S2 S3 S4 S5 S6)
    (S1 S2 S3 S4 S5 S6 S7)
    (S1 S2 S3 S4 S5 S6 S7 S8)
}
