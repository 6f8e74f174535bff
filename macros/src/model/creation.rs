//! The creations of a machine: one for each initial state.

use proc_macro2::Span;
use syn::Ident;

use super::{Machine, State};
use crate::names;

/// The creation of a subject in an initial state.
pub(crate) struct Creation<'a> {
    /// The position of the state.
    pub(crate) index: usize,
    pub(crate) state: &'a State,
    /// The method: `create`, or `create_draft` if several states are initial.
    pub(crate) method: Ident,
}

impl Machine {
    /// Returns the creations, in the order in which the states are declared.
    pub(crate) fn creations(&self) -> Vec<Creation<'_>> {
        let initial = || self.states.iter().enumerate().filter(|(_, state)| state.initial);
        let is_only = initial().nth(1).is_none();
        let method = |state: &State| {
            if is_only { Ident::new("create", Span::call_site()) } else { names::create_in(&state.ident) }
        };
        initial().map(|(index, state)| Creation { index, state, method: method(state) }).collect()
    }
}
