//! Machines, states and subjects, and what a store needs to know of a machine: its [`Declaration`], its [`Table`],
//! [`resume_from`] and [`resume_in`].

pub(crate) mod any;
pub(crate) mod creation;
pub(crate) mod follow;
pub(crate) mod naming;
pub(crate) mod not_a_method;
mod past;
pub(crate) mod payload;
mod pointer;
pub(crate) mod replay;
mod resume_in;
mod table;
pub(crate) mod tracked;
pub(crate) mod verdict;

pub(crate) use self::any::allowed;
pub use self::any::{NotAState, WhyNot, resume_from};
pub(crate) use self::creation::Creation;
pub(crate) use self::past::{Accepted, Past};
pub(crate) use self::payload::{Carried, Moves, Payload};
pub use self::replay::{Misfit, ReplayError};
pub use self::resume_in::resume_in;
pub use self::table::{Declaration, Table};
pub(crate) use self::tracked::{
    AnyMachine, Command, Entry, Guarded, Initial, Key, Look, SubjectOf, Tracked, Typed, Unguarded, Unrestored,
};
pub use self::tracked::{State, StateMachine, Subject};
pub use self::verdict::GuardAnswer;
pub(crate) use self::verdict::{Denied, NO_WORDS};
