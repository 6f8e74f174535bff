//! What the derives' output calls. No part of the public interface: it may change with any release.

pub use serde;

pub use crate::{
    __any as any, __commands as commands, __each as each, __edges as edges, __methods as methods, __place as place,
    __states as states,
};

pub use crate::any::{allowed, available, available_to, fire, last_recorded_at, resume, resume_named};
pub use crate::chart::build;
pub use crate::commit::{CreatedIn, Moves, NewSubject, NotGiven, NotRequired, Stays};
pub use crate::commit::{create, step};
pub use crate::event::{Blank, Recorded, Unrecorded, blank, properties, replace, stored};
#[doc(hidden)]
pub use crate::json;
pub use crate::machine::GuardAnswer;
pub use crate::machine::naming::{Naming, bare_naming, naming};
pub use crate::machine::tracked::{
    AnyMachine, Command, Entry, Guarded, Initial, Key, Look, Position, Tracked, Typed, Unrestored, debug_command,
};
pub use crate::machine::verdict::Denied;
pub use crate::replay::replay;
pub use crate::{
    Actor, AnyStep, Chart, Event, EventType, Id, NotAState, NotAllowed, Property, Record, ReplayError, State,
    StateMachine, Step, SubjectRef, ValueError, chart, chrono, serde_json,
};
