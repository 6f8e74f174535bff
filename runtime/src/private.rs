//! The items that the output of the derives calls. Only that output may name this module, which can change with any release.
//!
//! Each name is here for one of these reasons. Before you add one, state its reason, and check how an attacker could use it.

// Paths: the output names types by one path, whatever the user's crate imports or shadows. Each is public elsewhere too.
pub use serde;

pub use crate::commit::{AlongEdge, CreatedIn, NewState, NewSubject, NotGiven, NotRequired, SameState};
pub use crate::machine::GuardAnswer;
pub use crate::{
    Actor, AnyCreation, AnyStep, Chart, Digest, Event, EventType, Id, NotAState, NotAllowed, Property, Record,
    ReplayError, State, StateMachine, Step, SubjectRef, ValueError, chart, chrono, serde_json,
};

// A creation as a value: only the enum that the machine names as its `Creation` is one.
pub use crate::machine::creation::Creation;

// The machine in its wrapper. `Tracked`, `IncomingSubject` and `TrackedKey` can be named here and made only in `tollgate`: the
// first is a subject that is in a state, the others close and open the wrapper. `Position` requires the token of the declaring module.
pub use crate::machine::tracked::{
    AnyMachine, Command, Guarded, IncomingSubject, Initial, MachineView, Position, RestoreError, Tracked, TrackedKey,
    Typed,
};

// The probe for methods of the subject that have the name of a transition: a marker, and a function without effect.
pub use crate::machine::not_a_method::{NotAMethod, not_a_method};

// How records name the subject. A store reads it as `Declaration` and `StateMachine::subject_ref`.
pub use crate::machine::naming::{Naming, bare_naming, naming};

// The data of a state is `Debug`, `Clone` and `PartialEq` if the enum is. They add nothing to these traits.
pub use crate::machine::field::{CloneField, Field};

// A type in front of a bound, where the compiler would read some types, such as `fn(u8)`, as something else.
pub use crate::machine::field::TypeOf;

// The result of a guard: the output passes it on by `?`, and a user never names it.
pub use crate::machine::guard::Denied;

// Bodies of generated methods and implementations: each is public as a method of types in the user's crate, at the visibility
// that the user gave to the enum.
pub use crate::commit::fire;
pub use crate::commit::{create, create_as, step};
pub use crate::machine::any::{allowed, available, available_to, last_recorded_at, resume, resume_named};
pub use crate::machine::creation::debug_creation;
pub use crate::machine::replay::replay;
pub use crate::machine::tracked::debug_command;

// The properties of an event and the data of a state, to JSON and back.
pub use crate::event::{
    DefaultProperty, NoDefaultJson, NullProperty, Recordable, default_json, default_property, properties,
    replace_property, stored_properties,
};
pub use crate::machine::json;
