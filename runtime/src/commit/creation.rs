//! The step of a creation: a new subject enters an initial state, which a type or a command names.

use std::marker::PhantomData;
use std::ops::Deref;

use serde_json::Value;

use super::advance::Advance;
use super::step::Step;
use crate::chart::Edge;
use crate::machine::{
    Accepted, Creation, Declaration, Denied, IncomingSubject, Initial, LastRecord, NewState, StateMachine, SubjectOf,
    Tracked, Typed,
};
use crate::record::{Actor, CREATE, Description, RecordKind, Timestamp, ValueError};

/// The creation in state `S`.
#[derive(Debug)]
pub struct CreatedIn<S>(PhantomData<fn() -> S>);

/// The creation in an initial state that a command names.
#[derive(Debug)]
pub struct CreatedAs<M>(PhantomData<fn() -> M>);

/// A subject that has no record yet. It dereferences to the subject.
pub struct NewSubject<M: StateMachine> {
    subject: M::Subject,
    machine: PhantomData<fn() -> M>,
}

/// An initial state with its data, and its position in the chart.
#[derive(Debug)]
pub struct InitialState<M> {
    index: usize,
    state: M,
}

/// The step of a creation that was given as a value. Its commit returns the machine in a state that is known only at
/// run time.
pub type AnyCreation<M> = Step<CreatedAs<M>, NewSubject<M>, InitialState<M>>;

impl<M: StateMachine> NewSubject<M> {
    #[inline]
    fn of(subject: M::Subject) -> Self {
        Self { subject, machine: PhantomData }
    }

    /// Returns the subject.
    pub fn into_subject(self) -> M::Subject {
        self.subject
    }

    fn describe(&self, state: usize, recorded: Option<Value>) -> Description {
        Description {
            kind: RecordKind::Creation,
            subject: Some(M::subject_ref(&self.subject)),
            machine: Some(M::CHART.machine.into()),
            chart: Some(M::CHART.fingerprint),
            version: Some(1),
            transition: Some(CREATE.into()),
            from: None,
            to: Some(M::CHART.states[state].name.into()),
            data: recorded,
            prev: None,
            event: None,
            properties: None,
        }
    }
}

impl<M: StateMachine> Deref for NewSubject<M> {
    type Target = M::Subject;

    fn deref(&self) -> &M::Subject {
        &self.subject
    }
}

impl<S: Initial> Advance<CreatedIn<S>, NewState<S::Data>> for NewSubject<S::Machine> {
    type To = S::Typed;

    #[inline]
    fn edge(&self, _: &NewState<S::Data>) -> Option<&'static Edge> {
        None
    }

    #[inline]
    fn last_at(&self, _: &NewState<S::Data>) -> Option<Timestamp> {
        None
    }

    #[inline]
    fn check(&self, _: &NewState<S::Data>) -> Result<(), Denied> {
        Ok(())
    }

    #[inline]
    fn permit(&self, _: &NewState<S::Data>, _: &Actor) -> Result<(), Denied> {
        Ok(())
    }

    fn recorded(&self, data: &NewState<S::Data>) -> Result<Option<Value>, ValueError> {
        S::recorded(&data.0)
    }

    fn describe(&self, _: &NewState<S::Data>, recorded: Option<Value>) -> Description {
        self.describe(S::INDEX.get(), recorded)
    }

    #[inline]
    fn declaration() -> Option<&'static Declaration> {
        Some(Declaration::of::<S::Machine>())
    }

    #[inline]
    fn __enter(self, data: NewState<S::Data>, accepted: Accepted) -> S::Typed {
        S::Typed::__wrap(Tracked::created(self.subject, data.0, accepted))
    }
}

impl<M: StateMachine> Advance<CreatedAs<M>, InitialState<M>> for NewSubject<M> {
    type To = M::Any;

    #[inline]
    fn edge(&self, _: &InitialState<M>) -> Option<&'static Edge> {
        None
    }

    #[inline]
    fn last_at(&self, _: &InitialState<M>) -> Option<Timestamp> {
        None
    }

    #[inline]
    fn check(&self, _: &InitialState<M>) -> Result<(), Denied> {
        Ok(())
    }

    #[inline]
    fn permit(&self, _: &InitialState<M>, _: &Actor) -> Result<(), Denied> {
        Ok(())
    }

    fn recorded(&self, initial: &InitialState<M>) -> Result<Option<Value>, ValueError> {
        initial.state.recorded()
    }

    fn describe(&self, initial: &InitialState<M>, recorded: Option<Value>) -> Description {
        self.describe(initial.index, recorded)
    }

    #[inline]
    fn declaration() -> Option<&'static Declaration> {
        Some(Declaration::of::<M>())
    }

    #[inline]
    fn __enter(self, initial: InitialState<M>, accepted: Accepted) -> M::Any {
        M::enter(IncomingSubject::new(self.subject, LastRecord::NONE.next(accepted)), initial.state)
    }
}

/// Returns the step that creates a subject in the state `S`.
#[doc(hidden)]
#[inline]
pub fn create<S: Initial>(
    subject: SubjectOf<S>,
    data: S::Data,
) -> Step<CreatedIn<S>, NewSubject<S::Machine>, NewState<S::Data>> {
    Step::new(NewSubject::of(subject), NewState(data))
}

/// Returns the step that creates a subject in the state that the command names.
#[doc(hidden)]
#[inline]
pub fn create_as<M: StateMachine>(subject: M::Subject, creation: M::Creation) -> AnyCreation<M> {
    let index = creation.index();
    Step::new(NewSubject::of(subject), InitialState { index, state: creation.into_state() })
}
