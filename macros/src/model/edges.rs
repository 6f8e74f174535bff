//! The edges of a machine, indexed by transition and by source: a search through all edges for each would be quadratic.

use std::collections::HashMap;
use std::ops::Deref;

use syn::Ident;

use super::{Destination, Edge, Machine, Repeated};

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

    /// Returns the edges of a transition.
    pub(crate) fn of(&self, transition: usize) -> impl Iterator<Item = &Edge> {
        self.at(&self.of_transition, transition)
    }

    /// Returns the edges that leave a state.
    pub(crate) fn leaving(&self, state: usize) -> impl Iterator<Item = &Edge> {
        self.at(&self.leaving, state)
    }

    /// Returns the positions of the edges that leave a state.
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

impl Machine {
    /// Connects the edges of all declarations, and expands wildcards. A written source has precedence over a wildcard of the
    /// same name.
    pub(crate) fn connect(&mut self) {
        (self.edges, self.repeated) = (EdgeSet::default(), Vec::new());
        let mut seen: HashMap<(usize, usize), usize> = HashMap::new();
        for &(transition, declaration) in &self.order {
            let written = &self.transitions[transition].declarations[declaration];
            let sources: Vec<(usize, Ident)> = if written.is_wildcard {
                let exact: Vec<usize> = self.exact_sources(transition);
                let open = |index: &usize| self.states[*index].terminal.is_none() && !exact.contains(index);
                (0..self.states.len()).filter(open).map(|index| (index, written.ident.clone())).collect()
            } else {
                let known = written.from.iter().filter_map(|from| Some((self.state_named(from)?, from.clone())));
                known.collect()
            };
            for (from, from_ident) in sources {
                let (to, stays) = match &written.to {
                    Destination::State(index, _) => (*index, false),
                    Destination::Stays => (from, true),
                    Destination::Unknown(_) => continue,
                };
                let edge =
                    Edge { transition, declaration, from, to, stays, from_ident, is_wildcard: written.is_wildcard };
                if let Some(&first) = seen.get(&(transition, from)) {
                    self.repeated.push(Repeated { first, again: edge });
                    continue;
                }
                seen.insert((transition, from), self.edges.len());
                self.edges.push(edge);
            }
        }
    }

    fn exact_sources(&self, transition: usize) -> Vec<usize> {
        let exact = self.transitions[transition].declarations.iter().filter(|declaration| !declaration.is_wildcard);
        exact.flat_map(|declaration| &declaration.from).filter_map(|from| self.state_named(from)).collect()
    }
}
