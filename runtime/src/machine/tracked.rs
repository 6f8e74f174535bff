//! The traits that the derives implement, and the tracked value that only this crate can build.

use std::fmt;
use std::marker::PhantomData;

use serde_json::Value;

use super::creation::Creation;
use super::guard::Denied;
use super::last_record::{Accepted, LastRecord};
use super::naming::Naming;
use super::table::Table;
use crate::chart::{self, Chart};
use crate::record::{Actor, Id, SubjectRef, Timestamp, ValueError};

/// A value that moves through the states of a machine, and that records can name.
///
/// `#[derive(Subject)]` implements it for a struct with a field marked `#[subject(id)]`. A machine without
/// a subject has a bare [`Id`]. `&S`, `Box<S>`, `Rc<S>`, `Arc<S>` and `Cow<S>` are subjects if `S` is one, and records name
/// them as `S`.
///
/// ```
/// use tollgate::{Id, Subject};
///
/// struct Order { number: u64 }
///
/// impl Subject for Order {
///     const KIND: &'static str = "Order";
///     fn id(&self) -> Id { self.number.into() }
/// }
/// # assert_eq!(Order { number: 7 }.id(), Id::from(7));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a subject: it has no id for records",
    label = "not a subject",
    note = "`#[derive(Subject)]` with `#[subject(id)]` on a field makes it one"
)]
pub trait Subject {
    /// The kind of subject, as records name it.
    const KIND: &'static str;

    /// The table of its rows, for a sink that stores the state there too. `None` by default.
    const TABLE: Option<Table> = None;

    /// Returns the id, unique among subjects of the kind. It must not change while a machine holds the subject.
    ///
    /// A machine lends its subject as `&self` only, but it cannot see through interior mutability, and each commit calls
    /// `id` again. So do not read a `Cell`, a `RefCell`, a `Mutex`, an atomic or a global in `id`: read plain fields. If the
    /// id changes between two commits, the next record names another subject, under the version that follows the last
    /// one of the first subject. A file or a `Vec` accepts that record, and `replay` of either subject then refuses the
    /// history. A store of `tollgate-store` refuses the commit with a conflict, because the other subject has no record of
    /// the version before; it accepts the record only if the other subject has the same version and state, and, if it
    /// keeps a chain, has the same last record.
    fn id(&self) -> Id;
}

/// A state machine, named by the enum of its states. Only `#[derive(StateMachine)]` implements it.
///
/// The guide shows how to [test](crate::guide::testing) a machine, and how to [change](crate::guide::changing_a_chart) one that
/// has records.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a machine",
    label = "not a machine",
    note = "a machine is named by the enum of its states: the one with `#[derive(StateMachine)]`"
)]
pub trait StateMachine: Sized + 'static {
    /// The type that moves through the states.
    type Subject: 'static;
    /// The machine in a state that is known only at run time: an enum with a variant for each state.
    type Any: AnyMachine<Machine = Self>;
    /// A transition as a value: an enum with a variant for each transition.
    type Transition: Command<Machine = Self>;
    /// A creation as a value: an enum with a variant for each initial state.
    type Creation: Creation<Machine = Self>;
    /// The proof that a state belongs to the machine. Only the module that declares the machine can make one.
    #[doc(hidden)]
    type DeclarationToken;

    /// The machine as data.
    const CHART: &'static Chart;

    /// The subject's name in records, and the table of its rows.
    #[doc(hidden)]
    const SUBJECT: Naming<Self::Subject>;

    /// Returns how records name this subject.
    #[inline]
    fn subject_ref(subject: &Self::Subject) -> SubjectRef {
        Self::SUBJECT.of(subject)
    }

    /// Returns the machine of this subject in the state. Only this crate can make an [`IncomingSubject`].
    #[doc(hidden)]
    fn enter(incoming: IncomingSubject<Self>, state: Self) -> Self::Any;

    /// Returns the state's data for the record, if the state is marked `#[state(record)]`.
    #[doc(hidden)]
    fn recorded(&self) -> Result<Option<Value>, ValueError> {
        Ok(None)
    }

    /// Returns the state at this position of the chart, if it has no data.
    #[doc(hidden)]
    fn bare(state: usize) -> Option<Self>;

    /// Returns the state at this position of the chart, with the data that was recorded with it. Called only if the
    /// state has data.
    #[doc(hidden)]
    fn restore(state: usize, data: Option<&Value>) -> Result<Self, RestoreError> {
        let _ = (state, data);
        Err(RestoreError::NotRecorded)
    }

    /// Calls the guards of the edge at this position of the chart.
    #[doc(hidden)]
    fn check(machine: &Self::Any, edge: usize) -> Result<(), Denied> {
        let _ = (machine, edge);
        Ok(())
    }

    /// Calls the permission of the edge at this position of the chart.
    #[doc(hidden)]
    fn permit(machine: &Self::Any, edge: usize, actor: &Actor) -> Result<(), Denied> {
        let _ = (machine, edge, actor);
        Ok(())
    }
}

/// A state of a machine. `#[derive(StateMachine)]` implements it for the unit type of each state.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a state",
    label = "not a state",
    note = "a state is a type of the machine's module: `order_state::Paid` for the variant `Paid` of `OrderState`"
)]
pub trait State: Sized + 'static {
    /// The machine.
    type Machine: StateMachine;
    /// The fields of this state.
    type Data;
    /// The machine's typed form in this state.
    #[doc(hidden)]
    type Typed: Typed<State = Self>;

    /// The position in [`Chart::states`].
    #[doc(hidden)]
    const INDEX: Position<Self, TokenOf<Self>>;

    #[doc(hidden)]
    fn value(data: Self::Data) -> Self::Machine {
        let _ = data;
        Self::Machine::bare(Self::INDEX.get()).expect("the derive writes `value` for a state with data")
    }

    #[doc(hidden)]
    fn recorded(data: &Self::Data) -> Result<Option<Value>, ValueError> {
        let _ = data;
        Ok(None)
    }
}

pub(crate) type TokenOf<S> = <<S as State>::Machine as StateMachine>::DeclarationToken;
pub(crate) type AnyOf<S> = <<S as State>::Machine as StateMachine>::Any;
pub(crate) type SubjectOf<S> = <<S as State>::Machine as StateMachine>::Subject;

/// A position in the chart of what `K` names, which only a holder of the machine's token `Z` can make.
///
/// The orphan rule lets another crate implement [`State`] for one of its types, as a state of a foreign machine. It cannot
/// give this constant a value there: it has no token, and no existing position has its `K`.
#[doc(hidden)]
pub struct Position<K, Z> {
    index: usize,
    of: PhantomData<fn() -> (K, Z)>,
}

impl<K, Z> Position<K, Z> {
    #[must_use]
    pub const fn new(index: usize, _: &Z) -> Self {
        Self { index, of: PhantomData }
    }

    #[inline]
    pub(crate) const fn get(&self) -> usize {
        self.index
    }
}

/// A state in which a subject can be created.
#[doc(hidden)]
pub trait Initial: State {}

/// The machine's typed form: a wrapper around [`Tracked`] in the user's crate, so that it can have methods.
#[doc(hidden)]
pub trait Typed: Sized {
    type State: State<Typed = Self>;

    fn __wrap(tracked: Tracked<Self::State>) -> Self;
    fn __view(&self) -> &Tracked<Self::State>;
    /// Returns the tracked value to the holder of the key, which is this crate.
    fn __take_tracked(self, key: TrackedKey<Self::State>) -> Tracked<Self::State>;
}

/// The machine in a state that is known only at run time. `#[derive(StateMachine)]` implements it.
#[doc(hidden)]
pub trait AnyMachine: Sized {
    type Machine: StateMachine<Any = Self>;

    fn __view(&self) -> MachineView<'_, Self::Machine>;
    fn __into_parts(self) -> PartsOf<Self::Machine>;

    /// Returns the present state's data for the record, if the state is marked `#[state(record)]`.
    fn recorded(&self) -> Result<Option<Value>, ValueError> {
        Ok(None)
    }
}

/// Subject, state with its data, version: what an application stores.
pub(crate) type PartsOf<M> = (<M as StateMachine>::Subject, M, u64);

/// A transition as a value. `#[derive(StateMachine)]` implements it.
#[doc(hidden)]
pub trait Command: Sized {
    type Machine: StateMachine<Transition = Self>;

    /// The recorded names of the transitions, for a format that must know them before it reads.
    fn names() -> &'static [&'static str];

    /// The position in [`Chart::transitions`].
    fn index(&self) -> usize;
    /// Returns the state at this position of the chart with the data of the command, if the command has data.
    fn into_target(self, to: usize) -> Option<Self::Machine>;
}

/// The guards and the permission of the edge of the transition `T` from this machine's state. `#[derive(StateMachine)]`
/// implements it for the transitions that have any.
#[doc(hidden)]
pub trait Guarded<T> {
    fn check(&self) -> Result<(), Denied> {
        Ok(())
    }

    fn permit(&self, actor: &Actor) -> Result<(), Denied> {
        let _ = actor;
        Ok(())
    }
}

/// The marker of a transition that has neither guards nor a permission.
#[doc(hidden)]
#[derive(Debug)]
pub enum Unguarded {}

impl<M: Typed> Guarded<Unguarded> for M {}

/// A subject that is in state `S`, by a record or by a named trust boundary.
///
/// It has no public constructor, no public field and is not `Clone`: a value comes from a commit, from `resume`,
/// [`resume_in`](crate::machine::resume_in) or `replay`.
pub struct Tracked<S: State> {
    pub(super) subject: SubjectOf<S>,
    pub(super) data: S::Data,
    pub(super) last_record: LastRecord,
    pub(super) state: PhantomData<fn() -> S>,
}

impl<S: State> Tracked<S> {
    #[inline]
    pub(crate) fn created(subject: SubjectOf<S>, data: S::Data, accepted: Accepted) -> Self {
        Self { subject, data, last_record: LastRecord::NONE.next(accepted), state: PhantomData }
    }

    /// Returns the subject.
    #[inline]
    #[must_use]
    pub fn subject(&self) -> &SubjectOf<S> {
        &self.subject
    }

    /// The fields of this state.
    #[inline]
    #[must_use]
    pub fn data(&self) -> &S::Data {
        &self.data
    }

    /// Returns the version of the subject's last record.
    #[inline]
    #[must_use]
    pub fn version(&self) -> u64 {
        self.last_record.version
    }

    #[inline]
    pub(crate) fn last_at(&self) -> Option<Timestamp> {
        self.last_record.last_at
    }

    /// Returns the subject, the state with its data, and the version.
    #[inline]
    pub fn into_parts(self) -> (SubjectOf<S>, S::Machine, u64) {
        (self.subject, S::value(self.data), self.last_record.version)
    }

    /// Returns the machine in a state that is known only at run time.
    #[doc(hidden)]
    #[inline]
    pub fn into_any(self) -> AnyOf<S> {
        S::Machine::enter(IncomingSubject { subject: self.subject, last_record: self.last_record }, S::value(self.data))
    }

    /// Returns a view for code that does not know the state.
    #[doc(hidden)]
    #[inline]
    pub fn view(&self) -> MachineView<'_, S::Machine> {
        MachineView { subject: &self.subject, state: S::INDEX.get(), last_record: &self.last_record }
    }
}

impl<S: State> fmt::Debug for Tracked<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(formatter)
    }
}

/// A view of a machine in any state.
#[doc(hidden)]
pub struct MachineView<'a, M: StateMachine> {
    pub(crate) subject: &'a M::Subject,
    pub(crate) state: usize,
    pub(crate) last_record: &'a LastRecord,
}

impl<'a, M: StateMachine> MachineView<'a, M> {
    #[must_use]
    pub fn subject(&self) -> &'a M::Subject {
        self.subject
    }

    #[must_use]
    pub fn state(&self) -> &'static chart::State {
        &M::CHART.states[self.state]
    }

    #[must_use]
    pub fn version(&self) -> u64 {
        self.last_record.version
    }
}

impl<M: StateMachine> fmt::Debug for MachineView<'_, M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = M::subject_ref(self.subject);
        let (machine, state, version) = (M::CHART.machine, self.state().name, self.last_record.version);
        write!(formatter, "{machine} of {subject} in {state} at version {version}")
    }
}

/// A subject that is about to enter a state that is known only at run time. Only this crate can make one.
#[doc(hidden)]
pub struct IncomingSubject<M: StateMachine> {
    subject: M::Subject,
    last_record: LastRecord,
}

impl<M: StateMachine> IncomingSubject<M> {
    #[inline]
    pub(crate) fn new(subject: M::Subject, last_record: LastRecord) -> Self {
        Self { subject, last_record }
    }

    #[inline]
    pub fn into_state<S: State<Machine = M>>(self, data: S::Data) -> S::Typed {
        let Self { subject, last_record } = self;
        S::Typed::__wrap(Tracked { subject, data, last_record, state: PhantomData })
    }
}

/// The key with which the [`Tracked`] of a typed machine in state `S` is taken out. Only this crate can make one.
#[doc(hidden)]
pub struct TrackedKey<S>(PhantomData<fn() -> S>);

impl<S> TrackedKey<S> {
    #[inline]
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

/// Writes the name of a command without its data, which may be secret and need not implement `Debug`.
#[doc(hidden)]
pub fn debug_command<C: Command>(command: &C, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.write_str(C::Machine::CHART.transitions[command.index()].name)
}

/// The reason why a stored state cannot be restored.
#[doc(hidden)]
#[derive(Debug)]
pub enum RestoreError {
    /// The state has data, and none was given.
    NoData,
    /// The state has data and is not marked `#[state(record)]`.
    NotRecorded,
    /// The data is not that of the state.
    Data(serde_json::Error),
}

impl From<serde_json::Error> for RestoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Data(error)
    }
}
