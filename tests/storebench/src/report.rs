//! The work: reports that go round through three states, each step in somebody's name and with a word of context.

use tollgate::{StateMachine, Subject};

/// The states in the order in which a report goes round through them.
pub(crate) const STATES: [&str; 3] = ["Draft", "Review", "Published"];
/// The transition that leaves each of them.
pub(crate) const TRANSITIONS: [&str; 3] = ["submit", "publish", "retract"];
/// What a creation is called.
pub(crate) const CREATE: &str = "create";

/// A row that tollgate knows to be a report.
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

/// Where a report is: what a hand-written program knows of it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) id: i64,
    pub(crate) version: i64,
    /// The digest of its last record, where a chain is kept.
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

/// Which state a report is in at a version.
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
    /// Of what `tollgate_edge` says: ids and transitions.
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
