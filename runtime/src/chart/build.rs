//! What the derive's output builds a chart with, in a constant. Hidden from the docs.

use super::{Chart, Edge, EdgeAt, Requirement, State, Transition};
use crate::record::Digest;

#[doc(hidden)]
impl Chart {
    #[must_use]
    pub const fn new(
        machine: &'static str,
        was: &'static [&'static str],
        fingerprint: [u8; 32],
        doc: &'static str,
        states: &'static [State],
        transitions: &'static [Transition],
        edges: &'static [Edge],
    ) -> Self {
        Self { machine, was, fingerprint: Digest::new(fingerprint), doc, states, transitions, edges }
    }
}

#[doc(hidden)]
impl State {
    #[must_use]
    pub const fn new(name: &'static str, doc: &'static str, leaving: &'static [u32]) -> Self {
        Self { name, was: &[], doc, initial: false, terminal: false, fields: &[], recorded: false, leaving }
    }

    #[must_use]
    pub const fn initial(self) -> Self {
        Self { initial: true, ..self }
    }

    #[must_use]
    pub const fn terminal(self) -> Self {
        Self { terminal: true, ..self }
    }

    #[must_use]
    pub const fn was(self, was: &'static [&'static str]) -> Self {
        Self { was, ..self }
    }

    #[must_use]
    pub const fn fields(self, fields: &'static [&'static str], recorded: bool) -> Self {
        Self { fields, recorded, ..self }
    }
}

#[doc(hidden)]
impl Transition {
    #[must_use]
    pub const fn new(name: &'static str, doc: &'static str) -> Self {
        Self { name, was: &[], doc, requires: &[] }
    }

    #[must_use]
    pub const fn was(self, was: &'static [&'static str]) -> Self {
        Self { was, ..self }
    }

    #[must_use]
    pub const fn requires(self, requires: &'static [Requirement]) -> Self {
        Self { requires, ..self }
    }
}

#[doc(hidden)]
impl Edge {
    /// The edge of a transition between two states, by their positions.
    #[must_use]
    pub const fn new(
        states: &'static [State],
        transitions: &'static [Transition],
        transition: usize,
        from: usize,
        to: usize,
    ) -> Self {
        Self {
            transition: transitions[transition].name,
            from: states[from].name,
            to: states[to].name,
            stays: false,
            requires: transitions[transition].requires,
            guards: &[],
            permission: None,
            at: EdgeAt { transition, from, to },
        }
    }

    #[must_use]
    pub const fn stays(self) -> Self {
        Self { stays: true, ..self }
    }

    #[must_use]
    pub const fn guarded(self, guards: &'static [&'static str]) -> Self {
        Self { guards, ..self }
    }

    #[must_use]
    pub const fn permitted(self, permission: &'static str) -> Self {
        Self { permission: Some(permission), ..self }
    }
}
