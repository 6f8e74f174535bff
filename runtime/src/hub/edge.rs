//! One edge of a machine: found by names, and told from the others.

use std::borrow::Cow;

use super::RegistrationError;
use crate::chart::{Chart, Edge};
use crate::observer::{AsyncObserver, Observer, ObserverError, ObserverPlace};
use crate::record::Record;

/// The edge of these names.
pub(super) fn edge(
    chart: &'static Chart,
    transition: &str,
    from: &str,
    to: &str,
) -> Result<&'static Edge, RegistrationError> {
    let named = chart.transition_index(transition);
    let [leaves, reaches] = [from, to].map(|state| chart.state_index(state));
    let of_that_name = || chart.edges.iter().filter(|edge| named.is_none_or(|named| edge.at.transition == named));
    let is_it = |edge: &&Edge| named.is_some() && Some(edge.at.from) == leaves && Some(edge.at.to) == reaches;
    of_that_name().find(is_it).ok_or_else(|| RegistrationError::NoEdge {
        machine: chart.machine,
        transition: transition.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        edges: of_that_name().collect(),
    })
}

/// An observer of one edge.
pub(super) struct OnEdge<O> {
    chart: &'static Chart,
    edge: &'static Edge,
    observer: O,
}

impl<O> OnEdge<O> {
    pub(super) fn new(chart: &'static Chart, edge: &'static Edge, observer: O) -> Self {
        Self { chart, edge, observer }
    }

    /// By the names of the record, which may be former ones.
    fn is_way_of(&self, record: &Record) -> bool {
        let transition = record.transition.as_deref().and_then(|name| self.chart.transition_index(name));
        let [from, to] =
            [&record.from, &record.to].map(|name| name.as_deref().and_then(|name| self.chart.state_index(name)));
        let at = self.edge.at;
        (transition, from, to) == (Some(at.transition), Some(at.from), Some(at.to))
    }
}

impl<O: Observer> Observer for OnEdge<O> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        if self.is_way_of(record) { self.observer.observe(record) } else { Ok(()) }
    }

    fn name(&self) -> Cow<'_, str> {
        self.observer.name()
    }

    fn place(&self) -> ObserverPlace {
        self.observer.place()
    }
}

impl<O: AsyncObserver> AsyncObserver for OnEdge<O> {
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        if self.is_way_of(record) { self.observer.observe(record).await } else { Ok(()) }
    }

    fn name(&self) -> Cow<'_, str> {
        self.observer.name()
    }

    fn place(&self) -> ObserverPlace {
        self.observer.place()
    }
}
