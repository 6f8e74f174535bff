//! One edge of a machine: found by its names, and compared with a record.

use super::RegistrationError;
use crate::chart::{Chart, Edge};
use crate::record::Record;

/// An edge of a chart, as a condition on records.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChartEdge {
    chart: &'static Chart,
    edge: &'static Edge,
}

impl ChartEdge {
    /// Finds the edge of these names.
    pub(super) fn find(
        chart: &'static Chart,
        transition: &str,
        from: &str,
        to: &str,
    ) -> Result<Self, RegistrationError> {
        let named = chart.transition_index(transition);
        let [leaves, reaches] = [from, to].map(|state| chart.state_index(state));
        let of_that_name = || chart.edges.iter().filter(|edge| named.is_none_or(|named| edge.at.transition == named));
        let is_it = |edge: &&Edge| named.is_some() && Some(edge.at.from) == leaves && Some(edge.at.to) == reaches;
        let edge = of_that_name().find(is_it).ok_or_else(|| RegistrationError::NoEdge {
            machine: chart.machine,
            transition: transition.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            edges: of_that_name().collect(),
        })?;
        Ok(Self { chart, edge })
    }

    /// Returns whether the record is a transition along this edge. The record may have former names.
    pub(super) fn matches(&self, record: &Record) -> bool {
        let transition = record.transition.as_deref().and_then(|name| self.chart.transition_index(name));
        let [from, to] =
            [&record.from, &record.to].map(|name| name.as_deref().and_then(|name| self.chart.state_index(name)));
        let at = self.edge.at;
        (transition, from, to) == (Some(at.transition), Some(at.from), Some(at.to))
    }

    pub(super) fn edge(&self) -> &'static Edge {
        self.edge
    }
}
