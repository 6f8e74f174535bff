//! Steps and their commits: one place through which every state change and every event goes.
//!
//! The order of a commit is in `kernel`. `step` and `batch` call it for one step and for several.

mod advance;
mod batch;
mod kernel;
mod marks;
mod occurred;
mod refused;
mod step;

pub(crate) use self::advance::Target;
pub use self::advance::{Along, Created, Fired, New};
pub use self::batch::{Complete, Steps, commit_all, commit_all_async};
pub use self::marks::{ActorKnown, Given, Mark, Missing, Optional, ReasonKnown};
pub(crate) use self::occurred::occurred;
pub use self::occurred::{About, EventStep, Occurred};
pub use self::refused::{Cause, Refused};
pub use self::step::{Step, create, step};
