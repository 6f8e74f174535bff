//! A machine that the database knows: its chart's rows, by the names that records have.

use std::collections::HashMap;
use std::ptr;
use std::sync::{Arc, PoisonError, RwLock};

use tollgate::chart::Chart;
use tollgate::machine::Declaration;
use tollgate::{Record, Table};

use crate::Error;
use crate::query::EdgeTable;

/// A chart, and what the database calls its parts.
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

/// What this process has registered. `S` is what a backend keeps beside each: its statements.
#[derive(Debug)]
pub(crate) struct Catalog<S> {
    known: RwLock<Vec<Known<S>>>,
    /// What queries have read.
    pub(crate) edges: EdgeTable,
}

/// A registered machine, and a backend's statements for it.
pub(crate) type Known<S> = Arc<(Registered, S)>;

impl<S> Default for Catalog<S> {
    fn default() -> Self {
        Self { known: RwLock::default(), edges: EdgeTable::default() }
    }
}

impl<S> Catalog<S> {
    /// The machine of this declaration, if it was registered.
    pub(crate) fn get(&self, declaration: &Declaration) -> Option<Known<S>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        // Each commit asks, of a few machines: to compare addresses takes less time than to hash a fingerprint.
        let at_hand = known.iter().find(|known| ptr::eq(known.0.declaration, declaration));
        at_hand.or_else(|| known.iter().find(|known| is_same(known.0.declaration, declaration))).cloned()
    }

    /// The machine of a record that comes without its declaration: one of its chart.
    pub(crate) fn of(&self, record: &Record) -> Result<Known<S>, Error> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|known| record.chart == Some(known.0.declaration.chart().fingerprint));
        found
            .cloned()
            .ok_or_else(|| Error::NotRegistered { machine: record.machine.as_deref().unwrap_or_default().to_owned() })
    }

    /// Removes what was read of another database, or of this one before it was restored.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "only a server is restored under a living store"))]
    pub(crate) fn forget(&self, known: &Known<S>) {
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|other| !Arc::ptr_eq(other, known));
        drop(all);
        self.edges.forget();
    }

    pub(crate) fn add(&self, registered: Registered, statements: S) -> Known<S> {
        let known = Arc::new((registered, statements));
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|other| !is_same(other.0.declaration, known.0.declaration));
        all.push(Arc::clone(&known));
        known
    }
}

/// Two subjects may share a chart, and not a table.
fn is_same(one: &Declaration, other: &Declaration) -> bool {
    one.chart().fingerprint == other.chart().fingerprint && one.table() == other.table()
}
