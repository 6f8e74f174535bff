//! The values that an event can be about: a subject, a machine that holds one, or the name of a subject.

use crate::machine::{AnyMachine, State, StateMachine, Subject, Typed};
use crate::record::{SubjectRef, Timestamp};

/// A value that names a subject, for [`about`](crate::Step::about): a [`Subject`], a typed machine, a machine in any
/// state, or a [`SubjectRef`].
///
/// The compiler infers `By`, which separates the four cases.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no subject that an event could be about",
    label = "names no subject",
    note = "a type with `#[derive(Subject)]`, a machine and a `tollgate::SubjectRef` name one"
)]
pub trait NamesSubject<By> {
    /// Returns the subject as records name it.
    fn subject_ref(&self) -> SubjectRef;

    /// Returns the time of its last record, if it is known. An event about the subject is not before that.
    #[doc(hidden)]
    fn last_at(&self) -> Option<Timestamp> {
        None
    }
}

/// By its implementation of [`Subject`].
#[doc(hidden)]
#[derive(Debug)]
pub enum BySubject {}

/// By the machine that holds it.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByMachine {}

/// By the machine that holds it, in any state.
#[doc(hidden)]
#[derive(Debug)]
pub enum InAnyState {}

/// By its name alone.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByName {}

#[diagnostic::do_not_recommend]
impl<S: Subject + ?Sized> NamesSubject<BySubject> for S {
    fn subject_ref(&self) -> SubjectRef {
        SubjectRef { kind: S::KIND.into(), id: self.id() }
    }
}

#[diagnostic::do_not_recommend]
impl<M: Typed> NamesSubject<ByMachine> for M {
    fn subject_ref(&self) -> SubjectRef {
        let view = self.__view().view();
        machine_ref::<<M::State as State>::Machine>(view.subject)
    }

    fn last_at(&self) -> Option<Timestamp> {
        self.__view().last_at()
    }
}

#[diagnostic::do_not_recommend]
impl<M: AnyMachine> NamesSubject<InAnyState> for M {
    fn subject_ref(&self) -> SubjectRef {
        machine_ref::<M::Machine>(self.__view().subject)
    }

    fn last_at(&self) -> Option<Timestamp> {
        self.__view().last_record.last_at
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
