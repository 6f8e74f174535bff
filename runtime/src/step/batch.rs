//! Several steps as one: all of them happen, or none.

use std::convert::Infallible;

use serde_json::Value;

use super::{ActorKnown, Advance, Cause, ReasonKnown, Refused, Step};
use crate::machine::{Accepted, Declaration};
use crate::record::{Record, ValueError};
use crate::sink::{AsyncBatchSink, BatchSink, Heads, Open};

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
    fn in_words(&self, words: &mut Vec<String>);
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
pub trait Complete: Steps {}

/// Commits all of the steps or none of them, into a sink that takes several records as one.
///
/// Each step is filled in and examined as by [`Step::commit`], in the order given; the first that may not happen stops
/// all, and is the one that [`Refused::position`] names. Then the sink is asked once, for all of the records.
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
/// [`Refused`], with the cause and all of the steps; every machine is then in its old state.
///
/// # Panics
///
/// Only where a guard or the sink does, as [`Step::commit`].
pub fn commit_all<S, K>(mut steps: S, mut sink: K) -> Result<S::To, Refused<S, K::Error>>
where
    S: Complete,
    K: BatchSink,
{
    if let Some(Stopped { position, cause, refusal }) = examine(&mut steps, |open| sink.fill(open)) {
        let unrecorded = sink.on_refusal(&refusal).err();
        return Err(Refused::one_of(position, cause, steps, unrecorded));
    }
    let data = match recorded(&mut steps) {
        Ok(data) => data,
        Err((position, error)) => return Err(Refused::one_of(position, Cause::Data(error), steps, None)),
    };
    if !sink.wants_records() {
        return Ok(steps.arrive(&mut Arrivals::unrecorded()));
    }
    let (records, of) = make_records(&mut steps, data);
    match sink.accept_all(&records, &of) {
        Ok(heads) => Ok(steps.arrive(&mut Arrivals::of(&records, heads))),
        Err(error) => {
            put_back(&mut steps, records);
            Err(Refused::new(Cause::Sink(error), steps))
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
pub async fn commit_all_async<S, K>(mut steps: S, mut sink: K) -> Result<S::To, Refused<S, K::Error>>
where
    S: Complete,
    K: AsyncBatchSink,
{
    if let Some(Stopped { position, cause, refusal }) = examine(&mut steps, |open| sink.fill(open)) {
        let unrecorded = sink.on_refusal(&refusal).await.err();
        return Err(Refused::one_of(position, cause, steps, unrecorded));
    }
    let data = match recorded(&mut steps) {
        Ok(data) => data,
        Err((position, error)) => return Err(Refused::one_of(position, Cause::Data(error), steps, None)),
    };
    if !sink.wants_records() {
        return Ok(steps.arrive(&mut Arrivals::unrecorded()));
    }
    let (records, of) = make_records(&mut steps, data);
    match sink.accept_all(&records, &of).await {
        Ok(heads) => Ok(steps.arrive(&mut Arrivals::of(&records, heads))),
        Err(error) => {
            put_back(&mut steps, records);
            Err(Refused::new(Cause::Sink(error), steps))
        }
    }
}

/// The step that may not happen, and so stops all.
struct Stopped {
    position: usize,
    cause: Cause<Infallible>,
    refusal: Record,
}

fn examine(steps: &mut impl Steps, fill: impl Fn(Open<'_>)) -> Option<Stopped> {
    for (position, step) in one_by_one(steps).into_iter().enumerate() {
        fill(step.open());
        if let Err(cause) = step.examine() {
            return Some(Stopped { position, refusal: step.refusal(&cause), cause });
        }
    }
    None
}

type Made = (Vec<Record>, Vec<Option<&'static Declaration>>);

/// What is recorded of each, or the first of which nothing can be.
fn recorded(steps: &mut impl Steps) -> Result<Vec<Option<Value>>, (usize, ValueError)> {
    let each = one_by_one(steps).into_iter().enumerate();
    each.map(|(position, step)| step.recorded().map_err(|error| (position, error))).collect()
}

fn make_records(steps: &mut impl Steps, data: Vec<Option<Value>>) -> Made {
    let each = one_by_one(steps).into_iter().zip(data);
    each.map(|(step, data)| (step.record(data), step.declaration())).unzip()
}

/// Gives the first steps what their records were given, so that the next try says the same.
fn put_back(steps: &mut impl Steps, records: Vec<Record>) {
    for (step, record) in one_by_one(steps).into_iter().zip(records) {
        step.restore(record);
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

/// A step of whatever type, as a batch goes through it.
trait OneStep {
    fn open(&mut self) -> Open<'_>;
    fn examine(&self) -> Result<(), Cause<Infallible>>;
    fn refusal(&self, cause: &Cause<Infallible>) -> Record;
    fn recorded(&self) -> Result<Option<Value>, ValueError>;
    fn record(&mut self, data: Option<Value>) -> Record;
    fn declaration(&self) -> Option<&'static Declaration>;
    fn restore(&mut self, record: Record);
}

impl<T, M: Advance<T, P>, P, A, R> OneStep for Step<T, M, P, A, R> {
    fn open(&mut self) -> Open<'_> {
        Open { actor: &mut self.note.actor, context: &mut self.note.context }
    }

    fn examine(&self) -> Result<(), Cause<Infallible>> {
        Step::examine(self)
    }

    fn refusal(&self, cause: &Cause<Infallible>) -> Record {
        Step::refusal(self, cause)
    }

    fn recorded(&self) -> Result<Option<Value>, ValueError> {
        Step::recorded(self)
    }

    fn record(&mut self, data: Option<Value>) -> Record {
        Step::record(self, data)
    }

    fn declaration(&self) -> Option<&'static Declaration> {
        M::declaration()
    }

    fn restore(&mut self, record: Record) {
        Step::restore(self, record);
    }
}

/// What each step arrives with, handed out in their order. Only this crate can make one.
#[doc(hidden)]
pub struct Arrivals(std::vec::IntoIter<Accepted>);

impl Arrivals {
    fn unrecorded() -> Self {
        Self(Vec::new().into_iter())
    }

    fn of(records: &[Record], heads: Heads) -> Self {
        // A sink that says too little about heads keeps no chain.
        let heads = heads.into_iter().chain(std::iter::repeat(None));
        let accepted = records.iter().zip(heads).map(|(record, head)| Accepted { at: record.at, head });
        Self(accepted.collect::<Vec<_>>().into_iter())
    }
}

impl<T, M: Advance<T, P>, P, A, R> Steps for Step<T, M, P, A, R> {
    type To = M::To;

    fn each<'a>(&'a mut self, each: &mut Each<'a>) {
        each.0.push(self);
    }

    fn in_words(&self, words: &mut Vec<String>) {
        words.push(self.what());
    }

    fn arrive(self, accepted: &mut Arrivals) -> M::To {
        match accepted.0.next() {
            Some(accepted) => Step::arrive(self, accepted),
            None => self.arrive_unrecorded(),
        }
    }
}

impl<T, M: Advance<T, P>, P, A: ActorKnown, R: ReasonKnown> Complete for Step<T, M, P, A, R> {}

impl<S: Steps> Steps for Vec<S> {
    type To = Vec<S::To>;

    fn each<'a>(&'a mut self, each: &mut Each<'a>) {
        for steps in self {
            steps.each(each);
        }
    }

    fn in_words(&self, words: &mut Vec<String>) {
        for steps in self {
            steps.in_words(words);
        }
    }

    fn arrive(self, accepted: &mut Arrivals) -> Vec<S::To> {
        self.into_iter().map(|steps| steps.arrive(accepted)).collect()
    }
}

impl<S: Complete> Complete for Vec<S> {}

impl<S: Steps, const N: usize> Steps for [S; N] {
    type To = [S::To; N];

    fn each<'a>(&'a mut self, each: &mut Each<'a>) {
        for steps in self {
            steps.each(each);
        }
    }

    fn in_words(&self, words: &mut Vec<String>) {
        for steps in self {
            steps.in_words(words);
        }
    }

    fn arrive(self, accepted: &mut Arrivals) -> [S::To; N] {
        self.map(|steps| steps.arrive(accepted))
    }
}

impl<S: Complete, const N: usize> Complete for [S; N] {}

macro_rules! steps_in_a_tuple {
    ($(($($steps:ident)+))*) => {$(
        #[allow(non_snake_case, reason = "each is called by its type's name")]
        impl<$($steps: Steps),+> Steps for ($($steps,)+) {
            type To = ($($steps::To,)+);

            fn each<'a>(&'a mut self, each: &mut Each<'a>) {
                let ($($steps,)+) = self;
                $($steps.each(each);)+
            }

            fn in_words(&self, words: &mut Vec<String>) {
                let ($($steps,)+) = self;
                $($steps.in_words(words);)+
            }

            fn arrive(self, accepted: &mut Arrivals) -> Self::To {
                let ($($steps,)+) = self;
                ($($steps.arrive(accepted),)+)
            }
        }

        impl<$($steps: Complete),+> Complete for ($($steps,)+) {}
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
