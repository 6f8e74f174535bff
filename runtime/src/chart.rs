//! The chart: a machine as data, and its drawings.

mod did_you_mean;
mod draw;
mod literal;

use std::fmt;

use serde::Serialize;

#[doc(hidden)]
pub use self::did_you_mean::did_you_mean;
pub use self::draw::DrawOptions;
#[doc(hidden)]
pub use self::literal::EdgeAt;
use crate::record::{Actor, Digest};

/// A machine as data: its states, transitions and edges, as they were declared.
///
/// `YourState::CHART` is one. Records take their names from it.
#[derive(Debug, Serialize)]
pub struct Chart {
    /// The machine's recorded name.
    pub machine: &'static str,
    /// Names that old records may use.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub was: &'static [&'static str],
    /// SHA-256 of [`canonical`](Chart::canonical). It does not depend on docs or on the order of declaration; any other
    /// change of the chart changes it.
    pub fingerprint: Digest,
    /// The enum's doc comment.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub doc: &'static str,
    /// The states, in the order of declaration.
    pub states: &'static [State],
    /// The transitions by name, in the order of declaration.
    pub transitions: &'static [Transition],
    /// The edges, in the order of declaration, with wildcards spelled out.
    pub edges: &'static [Edge],
    /// The text that [`canonical`](Chart::canonical) returns.
    #[doc(hidden)]
    #[serde(skip)]
    pub text: &'static str,
}

/// A state of a [`Chart`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct State {
    /// The recorded name.
    pub name: &'static str,
    /// Names that old records may use.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub was: &'static [&'static str],
    /// The variant's doc comment.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub doc: &'static str,
    /// Whether a subject can be created in it.
    pub initial: bool,
    /// Whether no transition leads out of it.
    pub terminal: bool,
    /// The names of its data's fields, or their positions. If the state is recorded, skipped fields are left out.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub fields: &'static [&'static str],
    /// The fields for which a record holds `[redacted]`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub redacted: &'static [&'static str],
    /// Whether the data is part of the record.
    pub recorded: bool,
    /// The positions in [`Chart::edges`] of those that leave it.
    #[doc(hidden)]
    #[serde(skip)]
    pub leaving: &'static [usize],
}

/// A transition of a [`Chart`]: the common part of all edges of one name.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Transition {
    /// The recorded name.
    pub name: &'static str,
    /// Names that old records may use.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub was: &'static [&'static str],
    /// The `doc = ".."` of its declarations.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub doc: &'static str,
    /// The parts that a step must have before it can be committed.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub requires: &'static [Requirement],
    /// Prevents other crates from constructing the struct, so that fields can be added.
    #[doc(hidden)]
    #[serde(skip)]
    pub only_by_derive: (),
}

/// A part that a step must have before it can be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Requirement {
    /// The actor: `.by(..)`.
    Actor,
    /// The reason: `.because(..)`.
    Reason,
}

impl Requirement {
    /// Returns its name in a declaration and in a record: `actor` or `reason`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Requirement::Actor => "actor",
            Requirement::Reason => "reason",
        }
    }

    /// Returns whether this actor and this reason satisfy it. A blank value does not.
    #[inline]
    pub(crate) fn is_met_by(self, actor: Option<&Actor>, reason: Option<&str>) -> bool {
        match self {
            Requirement::Actor => actor.is_some_and(|actor| !actor.id.is_blank()),
            Requirement::Reason => reason.is_some_and(|reason| !reason.trim().is_empty()),
        }
    }
}

impl fmt::Display for Requirement {
    /// Writes it with its article: `an actor`, `a reason`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Requirement::Actor => "an actor",
            Requirement::Reason => "a reason",
        })
    }
}

/// An edge of a [`Chart`]: a transition from one state to one state.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Edge {
    /// The recorded name of the transition.
    pub transition: &'static str,
    /// The recorded name of the state that it leaves.
    pub from: &'static str,
    /// The recorded name of the state that it reaches; the same as `from` if it stays.
    pub to: &'static str,
    /// Whether it keeps the state and its data.
    pub stays: bool,
    /// The parts that a step must have before it can be committed.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub requires: &'static [Requirement],
    /// The guards in the order in which they are called, as they were written.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub guards: &'static [&'static str],
    /// The permission, as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<&'static str>,
    /// Positions in [`Chart::transitions`] and [`Chart::states`].
    #[doc(hidden)]
    #[serde(skip)]
    pub at: EdgeAt,
}

impl Edge {
    /// Returns whether a step along this edge must have the part.
    #[must_use]
    pub fn requires(&self, requirement: Requirement) -> bool {
        self.requires.contains(&requirement)
    }
}

impl Chart {
    /// Returns the state of this name or former name.
    #[must_use]
    pub fn state(&self, name: &str) -> Option<&'static State> {
        self.state_index(name).map(|index| &self.states[index])
    }

    pub(crate) fn state_index(&self, name: &str) -> Option<usize> {
        self.states.iter().position(|state| state.name == name || state.was.contains(&name))
    }

    /// Returns the transition of this name or former name.
    #[must_use]
    pub fn transition(&self, name: &str) -> Option<&'static Transition> {
        self.transition_index(name).map(|index| &self.transitions[index])
    }

    pub(crate) fn transition_index(&self, name: &str) -> Option<usize> {
        self.transitions.iter().position(|transition| transition.name == name || transition.was.contains(&name))
    }

    /// Returns the edges that leave the state of this name, in the order of declaration.
    pub fn leaving(&self, state: &str) -> impl Iterator<Item = &'static Edge> + use<> {
        let leaving = self.state_index(state).map_or(&[][..], |index| self.leaving_at(index));
        let edges = self.edges;
        leaving.iter().map(|index| &edges[*index])
    }

    /// Returns the positions of the edges that leave the state at this position.
    #[inline]
    pub(crate) fn leaving_at(&self, state: usize) -> &'static [usize] {
        self.states[state].leaving
    }

    /// Returns the states in which a subject can be created.
    pub fn initial(&self) -> impl Iterator<Item = &'static State> + use<> {
        self.states.iter().filter(|state| state.initial)
    }
}
