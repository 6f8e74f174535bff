//! Several steps as one: all of them happen, or none.

use std::convert::Infallible;

use super::{ActorKnown, Advance, Cause, ReasonKnown, Refused, Step};
use crate::machine::{Accepted, Declaration};
use crate::record::Record;
use crate::sink::{AsyncBatchSink, BatchSink, Heads, Open};

/// Steps that are committed together: a tuple of up to eight, an array or a `Vec`. They may be of several machines.
///
/// One subject of one machine is never in it twice: a step holds its machine.
pub trait Steps: Sized + Sealed {
    /// The machines in their new states, in the same order.
    type To;

    #[doc(hidden)]
    fn each(&mut self) -> Vec<&mut dyn OneStep>;
    #[doc(hidden)]
    fn arrive(self, accepted: Arrivals) -> Self::To;
}

/// Commits all of the steps or none of them, into a sink that takes several records as one.
///
/// Each step is filled in and examined as by [`Step::commit`], in the order given; the first that may not happen stops
/// all, and is the one that [`Refused::position`] names. Then the sink is asked once, for all of the records.
///
/// ```
/// use tollgate::{Id, Record, StateMachine, commit_all};
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
/// let (order, payment) = commit_all((OrderMachine::create(7.into()), PaymentMachine::create(7.into())), &mut log)?;
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
pub fn commit_all<S: Steps, K: BatchSink>(mut steps: S, mut sink: K) -> Result<S::To, Refused<S, K::Error>> {
    let mut each = steps.each();
    for (position, step) in each.iter_mut().enumerate() {
        sink.fill(step.open());
        if let Err(cause) = step.examine() {
            let unrecorded = sink.on_refusal(&step.refusal(&cause)).err();
            return Err(Refused::one_of(position, cause, steps, unrecorded));
        }
    }
    if !sink.wants_records() {
        return Ok(steps.arrive(Arrivals::unrecorded()));
    }
    let (records, of) = match records(&mut each) {
        Ok(records) => records,
        Err((position, error)) => return Err(Refused::one_of(position, Cause::Data(error), steps, None)),
    };
    match sink.accept_all(&records, &of) {
        Ok(heads) => Ok(steps.arrive(Arrivals::of(&records, heads))),
        Err(error) => Err(refused(steps, records, error)),
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
pub async fn commit_all_async<S: Steps, K: AsyncBatchSink>(
    mut steps: S,
    mut sink: K,
) -> Result<S::To, Refused<S, K::Error>> {
    let mut stopped = None;
    for (position, step) in steps.each().into_iter().enumerate() {
        sink.fill(step.open());
        if let Err(cause) = step.examine() {
            stopped = Some((position, step.refusal(&cause), cause));
            break;
        }
    }
    if let Some((position, refusal, cause)) = stopped {
        let unrecorded = sink.on_refusal(&refusal).await.err();
        return Err(Refused::one_of(position, cause, steps, unrecorded));
    }
    if !sink.wants_records() {
        return Ok(steps.arrive(Arrivals::unrecorded()));
    }
    let made = records(&mut steps.each());
    let (records, of) = match made {
        Ok(records) => records,
        Err((position, error)) => return Err(Refused::one_of(position, Cause::Data(error), steps, None)),
    };
    match sink.accept_all(&records, &of).await {
        Ok(heads) => Ok(steps.arrive(Arrivals::of(&records, heads))),
        Err(error) => Err(refused(steps, records, error)),
    }
}

type Made = (Vec<Record>, Vec<Option<&'static Declaration>>);

fn records(steps: &mut [&mut dyn OneStep]) -> Result<Made, (usize, serde_json::Error)> {
    let mut records = Vec::with_capacity(steps.len());
    for position in 0..steps.len() {
        match steps[position].make_record() {
            Ok(record) => records.push(record),
            Err(error) => {
                steps.iter_mut().zip(records).for_each(|(step, record)| step.put_back(record));
                return Err((position, error));
            }
        }
    }
    Ok((records, steps.iter().map(|step| step.declaration()).collect()))
}

#[cold]
fn refused<S: Steps, E>(mut steps: S, records: Vec<Record>, error: E) -> Refused<S, E> {
    steps.each().into_iter().zip(records).for_each(|(step, record)| step.put_back(record));
    Refused::new(Cause::Sink(error), steps)
}

/// A step of whatever type, as a batch goes through it.
pub trait OneStep {
    fn open(&mut self) -> Open<'_>;
    fn examine(&self) -> Result<(), Cause<Infallible>>;
    fn refusal(&self, cause: &Cause<Infallible>) -> Record;
    fn make_record(&mut self) -> Result<Record, serde_json::Error>;
    fn declaration(&self) -> Option<&'static Declaration>;
    fn put_back(&mut self, record: Record);
}

impl<T, M, P, A, R> OneStep for Step<T, M, P, A, R>
where
    M: Advance<T, P>,
    A: ActorKnown,
    R: ReasonKnown,
{
    fn open(&mut self) -> Open<'_> {
        Open { actor: &mut self.note.actor, context: &mut self.note.context }
    }

    fn examine(&self) -> Result<(), Cause<Infallible>> {
        Step::examine(self)
    }

    fn refusal(&self, cause: &Cause<Infallible>) -> Record {
        Step::refusal(self, cause)
    }

    fn make_record(&mut self) -> Result<Record, serde_json::Error> {
        self.record()
    }

    fn declaration(&self) -> Option<&'static Declaration> {
        M::declaration()
    }

    fn put_back(&mut self, record: Record) {
        self.restore(record);
    }
}

/// What each step of a batch arrives with, handed out in their order.
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

/// Only steps are steps, alone or together.
pub trait Sealed {
    /// Each of them in words.
    #[doc(hidden)]
    fn in_words(&self) -> Vec<String>;
}

impl<T, M: Advance<T, P>, P, A, R> Sealed for Step<T, M, P, A, R> {
    fn in_words(&self) -> Vec<String> {
        vec![self.what()]
    }
}

macro_rules! steps_in_a_list {
    ($([$($count:ident)?] $list:ty;)*) => {$(
        impl<T, M, P, A, R, $(const $count: usize)?> Steps for $list
        where
            M: Advance<T, P>,
            A: ActorKnown,
            R: ReasonKnown,
        {
            type To = Vec<M::To>;

            fn each(&mut self) -> Vec<&mut dyn OneStep> {
                self.iter_mut().map(|step| step as &mut dyn OneStep).collect()
            }

            fn arrive(self, mut accepted: Arrivals) -> Self::To {
                self.into_iter().map(|step| step.arrive(accepted.0.next())).collect()
            }
        }

        impl<T, M: Advance<T, P>, P, A, R, $(const $count: usize)?> Sealed for $list {
            fn in_words(&self) -> Vec<String> {
                self.iter().map(Step::what).collect()
            }
        }
    )*};
}

steps_in_a_list! {
    [] Vec<Step<T, M, P, A, R>>;
    [N] [Step<T, M, P, A, R>; N];
}

/// A step, as one of a tuple.
pub trait InTuple: OneStep + Sealed {
    type To;

    fn arrive_one(self, accepted: Option<Accepted>) -> Self::To;
}

impl<T, M, P, A, R> InTuple for Step<T, M, P, A, R>
where
    M: Advance<T, P>,
    A: ActorKnown,
    R: ReasonKnown,
{
    type To = M::To;

    fn arrive_one(self, accepted: Option<Accepted>) -> M::To {
        self.arrive(accepted)
    }
}

macro_rules! steps_in_a_tuple {
    ($(($($step:ident)+))*) => {$(
        #[allow(non_snake_case, reason = "each step is called by its type's name")]
        impl<$($step: InTuple),+> Steps for ($($step,)+) {
            type To = ($($step::To,)+);

            fn each(&mut self) -> Vec<&mut dyn OneStep> {
                let ($($step,)+) = self;
                vec![$($step),+]
            }

            fn arrive(self, mut accepted: Arrivals) -> Self::To {
                let ($($step,)+) = self;
                ($($step.arrive_one(accepted.0.next()),)+)
            }
        }

        #[allow(non_snake_case, reason = "each step is called by its type's name")]
        impl<$($step: Sealed),+> Sealed for ($($step,)+) {
            fn in_words(&self) -> Vec<String> {
                let ($($step,)+) = self;
                [$($step.in_words()),+].concat()
            }
        }
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
