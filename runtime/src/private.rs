//! What the derives' output calls. No part of the public interface: it may change with any release.

pub use serde;

pub use crate::any::{allowed, available, available_to, fire, last_recorded_at, resume, resume_named};
#[doc(hidden)]
pub use crate::json;
pub use crate::machine::{
    AnyMachine, Command, Denied, Edge, Entry, Initial, Key, Look, Moves, Stays, Tracked, Transition, Typed, Unrestored,
    bare_ref, debug_command, subject_ref,
};
pub use crate::replay::replay;
pub use crate::step::{create, step};
