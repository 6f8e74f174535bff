//! What the derive's output builds a chart with, in a constant. Hidden from the docs.
//!
//! Rows of numbers and a few marks, rather than a call for each edge: the compiler reads them faster.

use super::{Chart, Edge, EdgeAt, Requirement, State, Transition};
use crate::record::Digest;

/// What is said of one state, by its position.
pub enum StateMark {
    Doc(usize, &'static str),
    Was(usize, &'static [&'static str]),
    Initial(usize),
    Terminal(usize),
    Fields(usize, &'static [&'static str]),
    Redacted(usize, &'static [&'static str]),
    Recorded(usize),
}

/// What is said of one transition, by its position.
pub enum TransitionMark {
    Doc(usize, &'static str),
    Was(usize, &'static [&'static str]),
    Requires(usize, &'static [Requirement]),
}

/// What is said of one edge, by its position.
pub enum EdgeMark {
    Stays(usize),
    Guards(usize, &'static [&'static str]),
    Permission(usize, &'static str),
}

/// The states of these names. `ends` says where each one's part of the leaving edges ends.
#[must_use]
pub const fn states<const N: usize>(names: [&'static str; N], ends: &[u8], marks: &[StateMark]) -> [State; N] {
    const NOTHING: State = State {
        name: "",
        was: &[],
        doc: "",
        initial: false,
        terminal: false,
        fields: &[],
        redacted: &[],
        recorded: false,
        leaving: (0, 0),
    };
    let ends: [u32; N] = positions(ends);
    let mut states = [NOTHING; N];
    let mut start = 0;
    let mut index = 0;
    while index < N {
        let end = ends[index] as usize;
        states[index].name = names[index];
        states[index].leaving = (start, end);
        start = end;
        index += 1;
    }
    let mut mark = 0;
    while mark < marks.len() {
        match marks[mark] {
            StateMark::Doc(index, doc) => states[index].doc = doc,
            StateMark::Was(index, was) => states[index].was = was,
            StateMark::Initial(index) => states[index].initial = true,
            StateMark::Terminal(index) => states[index].terminal = true,
            StateMark::Fields(index, fields) => states[index].fields = fields,
            StateMark::Redacted(index, redacted) => states[index].redacted = redacted,
            StateMark::Recorded(index) => states[index].recorded = true,
        }
        mark += 1;
    }
    states
}

#[must_use]
pub const fn transitions<const N: usize>(names: [&'static str; N], marks: &[TransitionMark]) -> [Transition; N] {
    const NOTHING: Transition = Transition { name: "", was: &[], doc: "", requires: &[] };
    let mut transitions = [NOTHING; N];
    let mut index = 0;
    while index < N {
        transitions[index].name = names[index];
        index += 1;
    }
    let mut mark = 0;
    while mark < marks.len() {
        match marks[mark] {
            TransitionMark::Doc(index, doc) => transitions[index].doc = doc,
            TransitionMark::Was(index, was) => transitions[index].was = was,
            TransitionMark::Requires(index, requires) => transitions[index].requires = requires,
        }
        mark += 1;
    }
    transitions
}

/// The names of the transitions.
#[must_use]
pub const fn names<const N: usize>(transitions: &[Transition]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut index = 0;
    while index < N {
        names[index] = transitions[index].name;
        index += 1;
    }
    names
}

/// Positions that were written as bytes, four each, the lowest first.
#[must_use]
pub const fn positions<const N: usize>(bytes: &[u8]) -> [u32; N] {
    let mut positions = [0; N];
    let mut index = 0;
    while index < N {
        positions[index] = position(bytes, index);
        index += 1;
    }
    positions
}

const fn position(bytes: &[u8], index: usize) -> u32 {
    let first = 4 * index;
    u32::from_le_bytes([bytes[first], bytes[first + 1], bytes[first + 2], bytes[first + 3]])
}

/// The edges of rows of positions: transition, from, to.
#[must_use]
pub const fn edges<const N: usize>(
    states: &[State],
    transitions: &[Transition],
    rows: &[u8],
    marks: &[EdgeMark],
) -> [Edge; N] {
    const NOTHING: Edge = Edge {
        transition: "",
        from: "",
        to: "",
        stays: false,
        requires: &[],
        guards: &[],
        permission: None,
        at: EdgeAt { transition: 0, from: 0, to: 0 },
    };
    let mut edges = [NOTHING; N];
    let mut index = 0;
    while index < N {
        let at = EdgeAt {
            transition: position(rows, 3 * index) as usize,
            from: position(rows, 3 * index + 1) as usize,
            to: position(rows, 3 * index + 2) as usize,
        };
        edges[index] = Edge {
            transition: transitions[at.transition].name,
            from: states[at.from].name,
            to: states[at.to].name,
            requires: transitions[at.transition].requires,
            at,
            ..NOTHING
        };
        index += 1;
    }
    let mut mark = 0;
    while mark < marks.len() {
        match marks[mark] {
            EdgeMark::Stays(index) => edges[index].stays = true,
            EdgeMark::Guards(index, guards) => edges[index].guards = guards,
            EdgeMark::Permission(index, permission) => edges[index].permission = Some(permission),
        }
        mark += 1;
    }
    edges
}

#[doc(hidden)]
impl Chart {
    #[must_use]
    #[allow(
        clippy::too_many_arguments,
        reason = "the derive's output alone calls it, and a struct would name each again"
    )]
    pub const fn new(
        machine: &'static str,
        was: &'static [&'static str],
        fingerprint: [u8; 32],
        doc: &'static str,
        states: &'static [State],
        transitions: &'static [Transition],
        edges: &'static [Edge],
        leaving: &'static [u32],
    ) -> Self {
        Self { machine, was, fingerprint: Digest::new(fingerprint), doc, states, transitions, edges, leaving }
    }
}
