//! The parts of a chart that the derive writes: struct literals, each with the base that fills in what a declaration leaves out.

#[cfg(doc)]
use super::Chart;
use super::{Edge, State, Transition};

/// The position of an edge's transition in [`Chart::transitions`], and of its states in [`Chart::states`].
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct EdgeAt {
    pub transition: usize,
    pub from: usize,
    pub to: usize,
}

#[doc(hidden)]
impl State {
    pub const BASE: Self = Self {
        name: "",
        was: &[],
        doc: "",
        initial: false,
        terminal: false,
        fields: &[],
        redacted: &[],
        recorded: false,
        leaving: &[],
    };
}

#[doc(hidden)]
impl Transition {
    pub const BASE: Self = Self { name: "", was: &[], doc: "", requires: &[], only_by_derive: () };
}

#[doc(hidden)]
impl Edge {
    pub const BASE: Self = Self {
        transition: "",
        from: "",
        to: "",
        stays: false,
        requires: &[],
        guards: &[],
        permission: None,
        at: EdgeAt { transition: 0, from: 0, to: 0 },
    };
}
