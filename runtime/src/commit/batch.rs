//! Several steps as one: all of them happen, or none.

use serde_json::Value;

use super::advance::Advance;
use super::error::CommitError;
use super::kernel::{Checked, Commit, OneStep, Prepared, Stopped, check};
use super::marks::{ActorKnown, ReasonKnown};
use super::step::Step;
use crate::machine::Declaration;
use crate::record::{Description, Record, Timestamp};
use crate::sink::{AsyncBatchSink, BatchSink, FillIn, Offers, Receipt};

/// What [`commit_all`] commits: a step, or a tuple of up to eight, an array or a `Vec` of what is committed together.
///
/// Each may be of another machine, or an event. A machine is never in it twice, for its step holds it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step, nor several",
    label = "not a step",
    note = "the method of a transition gives a step, and so do `create`, `fire` and `occurred`",
    note = "several are a tuple of up to eight, an array or a `Vec`"
)]
pub trait Steps: Sized {
    /// The machines in their new states, and the events, in the same order.
    type To;

    #[doc(hidden)]
    fn each<'a>(&'a mut self, each: &mut Each<'a>);
    #[doc(hidden)]
    fn describe(&self, each: &mut Vec<Description>);
    #[doc(hidden)]
    fn arrive(self, accepted: &mut Arrivals) -> Self::To;
}

/// Steps that each say what they must. Were that asked of all [`Steps`], rustc would point at the call, and not at the
/// step that lacks something.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step, nor several",
    label = "not a step",
    note = "the method of a transition gives a step, and so do `create`, `fire` and `occurred`",
    note = "several are a tuple of up to eight, an array or a `Vec`"
)]
pub trait CompleteSteps: Steps {}

/// Commits all of the steps or none of them, into a sink that takes several records as one.
///
/// Each step is filled in and examined as by [`Step::commit`], in the order given; the first that may not happen stops
/// all, and is the one that [`CommitError::position`] names. Then the sink is asked once, for all of the records. If it
/// refuses them for one of them and knows which, as a store does, `position` names that one.
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
/// [`CommitError`], with the cause and all of the steps; every machine is then in its old state.
///
/// # Panics
///
/// Only where a guard or the sink does, as [`Step::commit`].
pub fn commit_all<S, K>(steps: S, mut sink: K) -> Result<S::To, CommitError<S, K::Error>>
where
    S: CompleteSteps,
    K: BatchSink,
{
    let mut batch = Batch(steps);
    match batch.prepare(|step| sink.fill(step)) {
        Prepared::Offered(made) => {
            let answer = sink.accept_all(Offers::of(&made.records, &made.declarations));
            let position = answer.as_ref().err().and_then(|error| sink.position_of(error, &made.records));
            batch.conclude(made, answer).map_err(|error| error.at(position))
        }
        Prepared::Unrecorded => Ok(batch.arrive_unrecorded()),
        Prepared::Stopped(stopped) => {
            let answer = stopped.refusal.as_ref().map(|refusal| sink.on_refusal(refusal));
            Err(batch.give_back(*stopped, answer))
        }
    }
}

/// [`commit_all`] into a sink that waits.
///
/// What dropping the future means is said at [`Step::commit_async`].
///
/// # Errors
///
/// Those of [`commit_all`].
///
/// # Panics
///
/// As [`commit_all`] does.
pub async fn commit_all_async<S, K>(steps: S, mut sink: K) -> Result<S::To, CommitError<S, K::Error>>
where
    S: CompleteSteps,
    K: AsyncBatchSink,
{
    let mut batch = Batch(steps);
    match batch.prepare(|step| sink.fill(step)) {
        Prepared::Offered(made) => {
            let answer = sink.accept_all(Offers::of(&made.records, &made.declarations)).await;
            let position = answer.as_ref().err().and_then(|error| sink.position_of(error, &made.records));
            batch.conclude(made, answer).map_err(|error| error.at(position))
        }
        Prepared::Unrecorded => Ok(batch.arrive_unrecorded()),
        Prepared::Stopped(stopped) => {
            let answer = match &stopped.refusal {
                Some(refusal) => Some(sink.on_refusal(refusal).await),
                None => None,
            };
            Err(batch.give_back(*stopped, answer))
        }
    }
}

/// Several steps on their way through one commit.
struct Batch<S>(S);

/// The records of a batch, and the machine of each.
struct Made {
    records: Vec<Record>,
    declarations: Vec<Option<&'static Declaration>>,
}

impl<S: Steps> Commit for Batch<S> {
    type Steps = S;
    type To = S::To;
    type Data = Vec<Option<Value>>;
    type Records = Made;
    type Receipts = Vec<Receipt>;

    fn check(&mut self, fill: impl Fn(&mut FillIn<'_>)) -> Result<Checked<Self::Data>, Box<Stopped>> {
        let mut all = Checked { data: Vec::new(), wants_record: true };
        for (position, step) in one_by_one(&mut self.0).into_iter().enumerate() {
            let checked = check(step, &fill).map_err(|mut stopped| {
                stopped.position = Some(position);
                stopped
            })?;
            all.data.push(checked.data);
            all.wants_record &= checked.wants_record;
        }
        Ok(all)
    }

    fn record(&mut self, data: Self::Data) -> Made {
        let each = one_by_one(&mut self.0).into_iter().zip(data);
        let (records, declarations) = each.map(|(step, data)| (step.record(data), step.declaration())).unzip();
        Made { records, declarations }
    }

    fn restore(&mut self, made: Made) {
        for (step, record) in one_by_one(&mut self.0).into_iter().zip(made.records) {
            step.restore(record);
        }
    }

    fn arrive(self, made: &Made, receipts: Vec<Receipt>) -> S::To {
        self.0.arrive(&mut Arrivals::of(&made.records, receipts))
    }

    fn arrive_unrecorded(self) -> S::To {
        self.0.arrive(&mut Arrivals::unrecorded())
    }

    fn into_steps(self) -> S {
        self.0
    }
}

fn one_by_one(steps: &mut impl Steps) -> Vec<&mut dyn OneStep> {
    let mut each = Each(Vec::new());
    steps.each(&mut each);
    each.0
}

/// The steps one by one. Only this crate sees into it.
#[doc(hidden)]
pub struct Each<'a>(Vec<&'a mut dyn OneStep>);

/// What each step arrives with, handed out in their order. Only this crate can make one.
#[doc(hidden)]
pub struct Arrivals(std::vec::IntoIter<(Timestamp, Receipt)>);

impl Arrivals {
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

    fn each<'a>(&'a mut self, each: &mut Each<'a>) {
        each.0.push(self);
    }

    fn describe(&self, each: &mut Vec<Description>) {
        each.push(self.description());
    }

    fn arrive(self, accepted: &mut Arrivals) -> M::To {
        match accepted.0.next() {
            Some((at, receipt)) => self.arrive_at(at, receipt),
            None => Commit::arrive_unrecorded(self),
        }
    }
}

impl<T, M: Advance<T, P>, P, A: ActorKnown, R: ReasonKnown> CompleteSteps for Step<T, M, P, A, R> {}

impl<S: Steps> Steps for Vec<S> {
    type To = Vec<S::To>;

    fn each<'a>(&'a mut self, each: &mut Each<'a>) {
        for steps in self {
            steps.each(each);
        }
    }

    fn describe(&self, each: &mut Vec<Description>) {
        for steps in self {
            steps.describe(each);
        }
    }

    fn arrive(self, accepted: &mut Arrivals) -> Vec<S::To> {
        self.into_iter().map(|steps| steps.arrive(accepted)).collect()
    }
}

impl<S: CompleteSteps> CompleteSteps for Vec<S> {}

impl<S: Steps, const N: usize> Steps for [S; N] {
    type To = [S::To; N];

    fn each<'a>(&'a mut self, each: &mut Each<'a>) {
        for steps in self {
            steps.each(each);
        }
    }

    fn describe(&self, each: &mut Vec<Description>) {
        for steps in self {
            steps.describe(each);
        }
    }

    fn arrive(self, accepted: &mut Arrivals) -> [S::To; N] {
        self.map(|steps| steps.arrive(accepted))
    }
}

impl<S: CompleteSteps, const N: usize> CompleteSteps for [S; N] {}

macro_rules! steps_in_a_tuple {
    ($(($($steps:ident)+))*) => {$(
        #[allow(non_snake_case, reason = "each is called by its type's name")]
        impl<$($steps: Steps),+> Steps for ($($steps,)+) {
            type To = ($($steps::To,)+);

            fn each<'a>(&'a mut self, each: &mut Each<'a>) {
                let ($($steps,)+) = self;
                $($steps.each(each);)+
            }

            fn describe(&self, each: &mut Vec<Description>) {
                let ($($steps,)+) = self;
                $($steps.describe(each);)+
            }

            fn arrive(self, accepted: &mut Arrivals) -> Self::To {
                let ($($steps,)+) = self;
                ($($steps.arrive(accepted),)+)
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
