//! What an event can be about: a subject, a machine that holds one, or a subject by its name alone.

use crate::StateMachine;
use crate::machine::{AnyMachine, Subject, Typed};
use crate::record::{SubjectRef, Timestamp};

/// What names a subject, for [`about`](crate::Step::about): a [`Subject`], a machine in a state that is known
/// or in any, or a [`SubjectRef`].
///
/// `By` is found by the compiler; it keeps the four apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no subject that an event could be about",
    label = "names no subject",
    note = "what does is a type with `#[derive(Subject)]`, a machine, and a `tollgate::SubjectRef`"
)]
pub trait NamesSubject<By> {
    /// The subject, as records name it.
    fn subject_ref(&self) -> SubjectRef;

    /// When its last record was made, where that is known: an event about it is not before that.
    #[doc(hidden)]
    fn last_at(&self) -> Option<Timestamp> {
        None
    }
}

/// By what it says of itself.
#[doc(hidden)]
#[derive(Debug)]
pub enum BySubject {}

/// By the machine that holds it.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByMachine {}

/// By the machine that holds it, in whatever state.
#[doc(hidden)]
#[derive(Debug)]
pub enum InAnyState {}

/// By its name alone.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByName {}

#[diagnostic::do_not_recommend]
impl<S: Subject> NamesSubject<BySubject> for S {
    fn subject_ref(&self) -> SubjectRef {
        SubjectRef { kind: S::KIND.into(), id: self.id() }
    }
}

#[diagnostic::do_not_recommend]
impl<M: Typed> NamesSubject<ByMachine> for M {
    fn subject_ref(&self) -> SubjectRef {
        let look = self.__look().look();
        machine_ref::<<M::State as crate::State>::Machine>(look.subject)
    }

    fn last_at(&self) -> Option<Timestamp> {
        self.__look().last_at()
    }
}

#[diagnostic::do_not_recommend]
impl<M: AnyMachine> NamesSubject<InAnyState> for M {
    fn subject_ref(&self) -> SubjectRef {
        machine_ref::<M::Machine>(self.__look().subject)
    }

    fn last_at(&self) -> Option<Timestamp> {
        self.__look().past.last_at
    }
}

#[diagnostic::do_not_recommend]
impl NamesSubject<ByName> for SubjectRef {
    fn subject_ref(&self) -> SubjectRef {
        self.clone()
    }
}

fn machine_ref<M: StateMachine>(subject: &M::Subject) -> SubjectRef {
    M::subject_ref(subject)
}
