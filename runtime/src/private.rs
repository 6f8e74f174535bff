//! What the derives' output calls. No part of the public interface: it may change with any release.

pub use serde;

pub use crate::{
    __any as any, __commands as commands, __each as each, __edges as edges, __methods as methods, __place as place,
    __states as states,
};

pub use crate::any::{allowed, available, available_to, fire, last_recorded_at, resume, resume_from, resume_named};
pub use crate::chart::build;
pub use crate::event::{Blank, Recorded, Unrecorded, blank, properties, replace, stored};
#[doc(hidden)]
pub use crate::json;
pub use crate::machine::{
    AnyMachine, Command, Declaration, Denied, Entry, Guarded, Initial, Key, Look, Naming, Position, Tracked, Typed,
    Unrestored, bare_naming, debug_command, naming,
};
pub use crate::record::{bare_record, time_text};
pub use crate::replay::replay;
pub use crate::sink::{Declarations, Heads, Open};
pub use crate::step::{create, step};
pub use crate::{
    Actor, Along, AnyStep, Chart, Created, Event, EventType, Id, Missing, Moves, New, NotAState, NotAllowed, Optional,
    Property, Record, ReplayError, State, StateMachine, Stays, Step, SubjectRef, ValueError, Verdict, chart, chrono,
    serde_json,
};
