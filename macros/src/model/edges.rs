//! The edges of a machine, indexed by transition and by source: a search through all edges for each would be quadratic.

use std::ops::Deref;

use super::Edge;

/// The edges in the order of declaration, each once.
#[derive(Default)]
pub(crate) struct EdgeSet {
    all: Vec<Edge>,
    of_transition: Vec<Vec<usize>>,
    leaving: Vec<Vec<usize>>,
}

impl EdgeSet {
    pub(crate) fn push(&mut self, edge: Edge) {
        let position = self.all.len();
        at(&mut self.of_transition, edge.transition).push(position);
        at(&mut self.leaving, edge.from).push(position);
        self.all.push(edge);
    }

    /// The edges of a transition.
    pub(crate) fn of(&self, transition: usize) -> impl Iterator<Item = &Edge> {
        self.at(&self.of_transition, transition)
    }

    /// The edges that leave a state.
    pub(crate) fn leaving(&self, state: usize) -> impl Iterator<Item = &Edge> {
        self.at(&self.leaving, state)
    }

    /// The positions of the edges that leave a state.
    pub(crate) fn positions_leaving(&self, state: usize) -> &[usize] {
        self.leaving.get(state).map_or(&[], Vec::as_slice)
    }

    fn at<'a>(&'a self, lists: &'a [Vec<usize>], index: usize) -> impl Iterator<Item = &'a Edge> {
        lists.get(index).into_iter().flatten().map(|position| &self.all[*position])
    }
}

/// Returns the list at this index, and grows the lists up to it.
fn at(lists: &mut Vec<Vec<usize>>, index: usize) -> &mut Vec<usize> {
    if lists.len() <= index {
        lists.resize(index + 1, Vec::new());
    }
    &mut lists[index]
}

impl Deref for EdgeSet {
    type Target = [Edge];

    fn deref(&self) -> &[Edge] {
        &self.all
    }
}

impl FromIterator<Edge> for EdgeSet {
    fn from_iter<I: IntoIterator<Item = Edge>>(edges: I) -> Self {
        let mut all = Self::default();
        edges.into_iter().for_each(|edge| all.push(edge));
        all
    }
}

impl IntoIterator for EdgeSet {
    type Item = Edge;
    type IntoIter = std::vec::IntoIter<Edge>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}
