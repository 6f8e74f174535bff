//! Machines, states and subjects, and what a store needs to know of a machine: its [`Declaration`], its [`Table`],
//! [`resume_from`] and [`resume_in`].

pub(crate) mod any;
pub(crate) mod creation;
pub(crate) mod field;
pub(crate) mod guard;
#[doc(hidden)]
pub mod json;
mod last_record;
pub(crate) mod naming;
pub(crate) mod not_a_method;
pub(crate) mod payload;
mod pointer;
pub(crate) mod replay;
mod resume_in;
mod table;
pub(crate) mod tracked;

pub(crate) use self::any::allowed;
pub use self::any::{NotAState, Unrestorable, resume_from};
pub(crate) use self::creation::Creation;
pub use self::guard::GuardAnswer;
pub(crate) use self::guard::{Denied, NO_REASON};
pub(crate) use self::last_record::{Accepted, LastRecord};
pub(crate) use self::payload::{NewState, Payload, PayloadKind};
pub use self::replay::{Misfit, ReplayError};
pub use self::resume_in::resume_in;
pub use self::table::{Declaration, Table};
pub(crate) use self::tracked::{
    AnyMachine, Command, Guarded, IncomingSubject, Initial, MachineView, RestoreError, SubjectOf, Tracked, TrackedKey,
    Typed, Unguarded,
};
pub use self::tracked::{State, StateMachine, Subject};
