//! A registered machine: the ids that the database gave to its chart and edges.

use std::collections::HashMap;

use tollgate::chart::Chart;
use tollgate::machine::Declaration;
use tollgate::{Record, Table};

use crate::Error;

/// A chart, and the ids of its parts in the database.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) declaration: &'static Declaration,
    /// `tollgate_machine.id`.
    pub(crate) machine: i32,
    /// `tollgate_edge.id` by transition, state that is left and state that is reached.
    pub(crate) edges: HashMap<(&'static str, Option<&'static str>, &'static str), i32>,
    /// On SQLite the type of the id column, if that stores a text that reads as a number as a number.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "only SQLite converts what it stores"))]
    pub(crate) numeric_id: Option<String>,
}

impl Registered {
    /// Whether the record names this machine and this chart.
    pub(crate) fn is_of(&self, record: &Record) -> bool {
        let chart = self.declaration.chart();
        record.machine.as_deref() == Some(chart.machine) && record.chart == Some(chart.fingerprint)
    }

    /// The edge of a record; a refusal may name one that a creation has.
    pub(crate) fn edge(&self, record: &Record) -> Option<i32> {
        let (transition, to) = (record.transition.as_deref()?, record.to.as_deref()?);
        self.edges.get(&(transition, record.from.as_deref(), to)).copied()
    }

    pub(crate) fn table(&self) -> Option<&Table> {
        self.declaration.table()
    }
}

/// The longest name of a machine, state or transition, in bytes. An index has the names of an edge in one row, which Postgres
/// limits to 2704 bytes. The limit is the same on SQLite, so that a history can move to the other database.
const LONGEST_NAME: usize = 512;

/// Refuses a chart with a name that the indexes cannot hold.
pub(crate) fn check_names(chart: &Chart) -> Result<(), Error> {
    let begin = |name: &str| name.chars().take(60).collect::<String>();
    let machine =
        std::iter::once(("the name", chart.machine)).chain(chart.was.iter().map(|was| ("the former name", *was)));
    let states = chart.states.iter().map(|state| ("state", state.name));
    let transitions = chart.transitions.iter().map(|transition| ("transition", transition.name));
    let too_long = machine.chain(states).chain(transitions).find(|(_, name)| name.len() > LONGEST_NAME);
    let Some((what, name)) = too_long else { return Ok(()) };
    Err(Error::LongName {
        machine: begin(chart.machine),
        what: format!("{what} `{}..`", begin(name)),
        length: name.len(),
        most: LONGEST_NAME,
    })
}
