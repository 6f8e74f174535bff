//! The requirements in the type of a step: whether an actor and a reason are required, and whether they have been given.

/// The transition or event does not require it, or the commit checks it at run time.
#[derive(Debug)]
pub enum NotRequired {}

/// The transition or event requires it, and it has not been given.
#[derive(Debug)]
pub enum NotGiven {}

/// It has been given.
#[derive(Debug)]
pub enum IsGiven {}

/// The state of a requirement in the type of a step: of that for an actor, or of that for a reason.
pub trait RequirementState {
    /// The state after `.by(..)` or `.because(..)`: [`NotGiven`] becomes [`IsGiven`]. [`NotRequired`] does not change, so that
    /// the step keeps its type.
    type WhenGiven;
}

impl RequirementState for NotRequired {
    type WhenGiven = NotRequired;
}

impl RequirementState for NotGiven {
    type WhenGiven = IsGiven;
}

impl RequirementState for IsGiven {
    type WhenGiven = IsGiven;
}

/// The actor is known if the step requires one.
#[diagnostic::on_unimplemented(
    message = "this step requires an actor: call `.by(..)` on it before it is committed",
    label = "`.by(..)` is missing before this call",
    note = "its transition or event is declared with `requires(actor)`, or with a permission",
    note = "the actor of a `Scope` or of `sink::adapt(..).by(..)` may be absent, so it does not count here",
    note = "code for any event (`E: Event`) commits `event.fire()`, which is checked at run time"
)]
pub trait ActorKnown {}

/// The reason is known if the step requires one.
#[diagnostic::on_unimplemented(
    message = "this step requires a reason: call `.because(..)` on it before it is committed",
    label = "`.because(..)` is missing before this call",
    note = "its transition or event is declared with `requires(reason)`",
    note = "code for any event (`E: Event`) commits `event.fire()`, which is checked at run time"
)]
pub trait ReasonKnown {}

macro_rules! known {
    ($($state:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl ActorKnown for $state {}
        #[diagnostic::do_not_recommend]
        impl ReasonKnown for $state {}
    )*};
}

known!(NotRequired IsGiven);
