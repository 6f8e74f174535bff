//! The work: reports that cycle through three states; each step has an actor and a context.

use tollgate::{StateMachine, Subject};

/// The states in the order of the cycle.
pub(crate) const STATES: [&str; 3] = ["Draft", "Review", "Published"];
/// The transition that leaves each of them.
pub(crate) const TRANSITIONS: [&str; 3] = ["submit", "publish", "retract"];
/// The name of a creation.
pub(crate) const CREATE: &str = "create";

/// The subject of a report's row.
#[derive(Debug, Subject)]
#[subject(table = "reports", version = "version")]
pub(crate) struct Report {
    #[subject(id)]
    pub(crate) id: i64,
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit,  from = Draft,     to = Review,    requires(actor))]
#[transition(publish, from = Review,    to = Published, requires(actor))]
#[transition(retract, from = Published, to = Draft,     requires(actor))]
pub(crate) enum ReportState {
    #[state(initial)]
    Draft,
    Review,
    Published,
}

/// The position of a report, as a hand-written program knows it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) id: i64,
    pub(crate) version: i64,
    /// The digest of its last record, if a chain is kept.
    pub(crate) head: Option<Vec<u8>>,
}

impl Place {
    /// The position of its state.
    pub(crate) fn state(&self) -> usize {
        position(self.version)
    }

    /// The position of the state after the next step.
    pub(crate) fn next(&self) -> usize {
        position(self.version + 1)
    }
}

/// The state of a report at a version.
fn position(version: i64) -> usize {
    usize::try_from((version - 1) % 3).expect("a remainder of three is small")
}

/// The ids of edges in the database: the creation, and the step out of each state.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Edges {
    pub(crate) create: i32,
    pub(crate) out_of: [i32; 3],
}

impl Edges {
    /// Reads ids and transitions of `tollgate_edge`.
    pub(crate) fn of(rows: impl IntoIterator<Item = (i32, String)>) -> Self {
        let mut edges = Self::default();
        for (id, transition) in rows {
            match TRANSITIONS.iter().position(|name| *name == transition) {
                Some(position) => edges.out_of[position] = id,
                None if transition == CREATE => edges.create = id,
                None => {}
            }
        }
        edges
    }
}
