//! The step of a transition that is fired as a value, in a state that is known only at run time.
//!
//! The methods of the generated `Any..` enum call these functions.

use std::error::Error;
use std::fmt;

use super::advance::{FiredEdge, Target};
use super::refusal::Refusal;
use super::step::Step;
use crate::machine::{AnyMachine, Command, StateMachine, allowed};

/// A step along an edge that was found at run time.
pub type AnyStep<M> = Step<FiredEdge<M>, <M as StateMachine>::Any, Target<M>>;

/// Returns the step of this transition, if an edge of it leaves the machine's state.
#[doc(hidden)]
#[inline]
pub fn fire<M: StateMachine>(machine: M::Any, transition: M::Transition) -> Result<AnyStep<M>, NotAllowed<M>> {
    let wanted = transition.index();
    for index in M::CHART.leaving_at(machine.__view().state) {
        let index = *index;
        let edge = &M::CHART.edges[index];
        if edge.at.transition == wanted {
            let to = edge.at.to;
            let carried = || transition.into_target(to).or_else(|| M::bare(to));
            let state = (!edge.stays).then(|| carried().expect("a state with data is reached with its data"));
            return Ok(Step::new(machine, Target { edge: index, state }));
        }
    }
    Err(NotAllowed::new(machine, transition))
}

/// The error of `fire`: the transition does not leave the machine's state. It keeps the machine and the transition.
///
/// ```
/// use tollgate::{Id, StateMachine};
///
/// #[derive(StateMachine)]
/// #[transition(ship, from = Paid, to = Shipped)]
/// #[transition(pay, from = Open, to = Paid)]
/// enum OrderState {
///     #[state(initial)]
///     Open,
///     Paid,
///     #[state(terminal)]
///     Shipped,
/// }
///
/// let order = AnyOrder::resume(Id::from(7), OrderState::Open, 1);
/// let Err(not_allowed) = order.fire(OrderTransition::Ship) else { panic!("nothing is shipped unpaid") };
/// assert_eq!(
///     not_allowed.to_string(),
///     "illegal transition: `ship` does not leave `Open` of Order; allowed: `pay`",
/// );
/// let (order, _) = not_allowed.into_parts();
/// assert_eq!(order.state().name, "Open");
/// ```
pub struct NotAllowed<M: StateMachine>(Box<(M::Any, M::Transition)>);

impl<M: StateMachine> NotAllowed<M> {
    #[cold]
    fn new(machine: M::Any, transition: M::Transition) -> Self {
        Self(Box::new((machine, transition)))
    }

    /// Returns the machine's recorded name.
    #[must_use]
    pub fn machine(&self) -> &'static str {
        M::CHART.machine
    }

    /// Returns the recorded name of the machine's state.
    #[must_use]
    pub fn state(&self) -> &'static str {
        self.0.0.__view().state().name
    }

    /// Returns the recorded name of the transition that was fired.
    #[must_use]
    pub fn transition(&self) -> &'static str {
        M::CHART.transitions[self.0.1.index()].name
    }

    /// Returns the recorded names of the transitions that leave the state, whether or not their guards hold.
    #[must_use]
    pub fn allowed(&self) -> Vec<&'static str> {
        allowed::<M>(&self.0.0).into_iter().map(|edge| edge.transition).collect()
    }

    /// Returns the stable name of this kind of refusal, `illegal_transition`; [`Refusal`] has the table of all codes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "illegal_transition"
    }

    /// Returns the refusal for a client; see [`Refusal`] for an example.
    #[must_use]
    pub fn to_client(&self) -> Refusal {
        Refusal::not_allowed(self.code(), [self.machine(), self.transition(), self.state()], self.allowed())
    }

    /// Returns the machine, unchanged.
    #[must_use]
    pub fn into_machine(self) -> M::Any {
        self.0.0
    }

    /// Returns the machine, unchanged, and the transition.
    #[must_use]
    pub fn into_parts(self) -> (M::Any, M::Transition) {
        *self.0
    }
}

impl<M: StateMachine> fmt::Display for NotAllowed<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (transition, state, machine) = (self.transition(), self.state(), self.machine());
        write!(formatter, "illegal transition: `{transition}` does not leave `{state}` of {machine}; allowed: ")?;
        let allowed: Vec<String> = self.allowed().iter().map(|name| format!("`{name}`")).collect();
        formatter.write_str(if allowed.is_empty() { "none" } else { "" })?;
        formatter.write_str(&allowed.join(", "))
    }
}

impl<M: StateMachine> fmt::Debug for NotAllowed<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NotAllowed")
            .field("machine", &self.machine())
            .field("state", &self.state())
            .field("transition", &self.transition())
            .field("allowed", &self.allowed())
            .finish()
    }
}

impl<M: StateMachine> Error for NotAllowed<M> {}
