//! A creation as a value: the trait that the derive implements for its enum.

use std::fmt;

use super::StateMachine;

/// A creation as a value. `#[derive(StateMachine)]` implements it.
#[doc(hidden)]
pub trait Creation: Sized {
    type Machine: StateMachine<Creation = Self>;

    /// The position of the initial state in [`Chart::states`](crate::Chart::states).
    fn index(&self) -> usize;
    /// The initial state with its data. The derive writes it if an initial state has data.
    #[must_use]
    fn into_state(self) -> Self::Machine {
        Self::Machine::bare(self.index()).expect("a state with data comes with its data")
    }
}

/// Writes the name of the state without its data, which may be secret and need not implement `Debug`.
#[doc(hidden)]
pub fn debug_creation<C: Creation>(creation: &C, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.write_str(C::Machine::CHART.states[creation.index()].name)
}
