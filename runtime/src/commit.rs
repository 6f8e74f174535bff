//! Steps and their commits: one place through which every state change and every event goes.
//!
//! [`Step`] is what a program names. The other types here are its parameters, as signatures and errors show them: what moves
//! ([`NewSubject`]), along what ([`AlongEdge`], [`CreatedIn`], [`CreatedAs`], [`FiredEdge`], [`EventOccurred`],
//! [`BoxedEventOccurred`]), with what ([`NewState`], [`SameState`], [`About`]), and whether an actor and a reason are
//! [`NotRequired`], [`NotGiven`] or [`IsGiven`].

// The order of a commit is in `kernel`. `step` and `batch` call it for one step and for several.

mod about;
mod advance;
mod batch;
mod creation;
mod details;
mod error;
mod fire;
mod kernel;
mod refusal;
mod requirement;
mod step;

pub use self::about::{About, BoxedEventOccurred, EventOccurred};
pub(crate) use self::advance::Advance;
pub use self::advance::{AlongEdge, FiredEdge};
pub use self::batch::{CompleteSteps, Steps, commit_all, commit_all_async};
pub use self::creation::{AnyCreation, CreatedAs, CreatedIn, NewSubject, create, create_as};
pub use self::error::{Cause, CommitError};
pub use self::fire::{AnyStep, NotAllowed, fire};
pub use self::refusal::Refusal;
pub use self::requirement::{ActorKnown, IsGiven, NotGiven, NotRequired, ReasonKnown, RequirementState};
pub use self::step::{Step, step};
pub use crate::machine::payload::{NewState, SameState};
