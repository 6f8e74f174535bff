//! The registration of a machine, once for both databases: the order of its steps, and what each refuses.

use std::collections::HashMap;
use std::future::Future;

use tollgate::Digest;
use tollgate::chart::{Chart, Requirement};
use tollgate::machine::Declaration;

use crate::cells::{Cells, Item, Misread, present};
use crate::decode;
use crate::error::{Error, StatesInUse};
use crate::query::sql::{self, Dialect, Statement};
use crate::registered::check_names;

/// The transition that a creation is recorded as.
const CREATE: &str = "create";
/// How many subjects in a state that the chart lacks are named.
const NAMED: usize = 5;

/// A connection on which a machine is registered.
pub(crate) trait Connection {
    const DIALECT: Dialect;
    /// The facts that the backend reads about the columns of the caller's table.
    type Columns;

    /// Reads the columns of the caller's table, and refuses those that would change what is written into them.
    fn columns(&mut self, of: &'static Declaration) -> impl Future<Output = Result<Self::Columns, Error>> + Send;

    /// The rows of a statement that is part of this registration.
    fn ask<T: Item>(
        &mut self,
        of: &'static Declaration,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<T>, Error>> + Send;
}

/// The ids of edges, by transition, state that is left and state that is reached.
pub(crate) type EdgeIds = HashMap<(&'static str, Option<&'static str>, &'static str), i32>;

/// A machine as it is on record, and the columns of its table.
#[derive(Debug)]
pub(crate) struct Entry<C> {
    pub(crate) machine: i32,
    pub(crate) edges: EdgeIds,
    pub(crate) columns: C,
}

/// Finds the machine, if its chart is on record. Writes nothing.
pub(crate) async fn find<D: Connection>(
    database: &mut D,
    of: &'static Declaration,
) -> Result<Option<Entry<D::Columns>>, Error> {
    let columns = database.columns(of).await?;
    let Found { machine: Some(machine), chart: Some(chart) } = found(database, of).await? else { return Ok(None) };
    check_states(database, of, machine).await?;
    let edges = edges(database, of, chart).await?;
    Ok(Some(Entry { machine, edges, columns }))
}

/// Finds the machine, and puts its chart on record if it is not. The caller has begun a transaction in which no other program
/// registers a chart.
pub(crate) async fn enrol<D: Connection>(
    database: &mut D,
    of: &'static Declaration,
) -> Result<Entry<D::Columns>, Error> {
    let columns = database.columns(of).await?;
    let Found { machine, chart } = found(database, of).await?;
    if let Some(machine) = machine {
        check_states(database, of, machine).await?;
    }
    let (machine, chart) = match (machine, chart) {
        (Some(machine), Some(chart)) => (machine, chart),
        (machine, _) => {
            check_names(of.chart())?;
            insert(database, of, machine).await?
        }
    };
    let edges = edges(database, of, chart).await?;
    Ok(Entry { machine, edges, columns })
}

/// A chart on record that has one of the names of a machine.
#[derive(Debug)]
pub(crate) struct ChartRow {
    id: i32,
    machine: i32,
    name: String,
    fingerprint: Digest,
}

impl Item for ChartRow {
    fn of(row: &impl Cells) -> Result<Self, Error> {
        let name = present(row.text(2)?)?.to_owned();
        let fingerprint = present(decode::digest(row, 3)?)?;
        Ok(Self { id: present(row.small(0)?)?, machine: present(row.small(1)?)?, name, fingerprint })
    }
}

/// The ids of a machine and of its chart; none of what is not on record.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    machine: Option<i32>,
    chart: Option<i32>,
}

/// The names that a machine has, and had.
pub(crate) fn names(chart: &Chart) -> Vec<&'static str> {
    std::iter::once(chart.machine).chain(chart.was.iter().copied()).collect()
}

async fn found<D: Connection>(database: &mut D, of: &'static Declaration) -> Result<Found, Error> {
    let charts = database.ask::<ChartRow>(of, sql::charts(D::DIALECT, &names(of.chart()))).await?;
    let machine = machine_of(&charts, of.chart())?;
    let is_same = |row: &&ChartRow| Some(row.machine) == machine && row.fingerprint == of.chart().fingerprint;
    Ok(Found { machine, chart: charts.iter().find(is_same).map(|row| row.id) })
}

/// The machine of these charts, which have its names. Refuses names of two machines.
pub(crate) fn machine_of(charts: &[ChartRow], chart: &Chart) -> Result<Option<i32>, Error> {
    let mut known = None;
    for name in names(chart) {
        let Some(row) = charts.iter().rfind(|row| row.name == name) else { continue };
        if *known.get_or_insert(row.machine) != row.machine {
            return Err(Error::TwoMachines { name: chart.machine, former: name.to_owned() });
        }
    }
    Ok(known)
}

struct State(String);

impl Item for State {
    fn of(row: &impl Cells) -> Result<Self, Error> {
        Ok(Self(present(row.text(0)?)?.to_owned()))
    }
}

/// A subject in a state that the chart lacks, and the number of all subjects in that state.
struct InUse {
    state: String,
    count: u64,
    subject: String,
}

impl Item for InUse {
    fn of(row: &impl Cells) -> Result<Self, Error> {
        let text = |at| Ok::<_, Misread>(present(row.text(at)?)?.to_owned());
        let count = u64::try_from(present(row.big(1)?)?).unwrap_or_default();
        Ok(Self { state: text(0)?, count, subject: text(2)? })
    }
}

/// Refuses a chart that lacks a state in which subjects are. Records are read only if another chart of the machine has a state
/// that this one lacks.
async fn check_states<D: Connection>(database: &mut D, of: &'static Declaration, machine: i32) -> Result<(), Error> {
    let states = database.ask::<State>(of, sql::states(D::DIALECT, machine)).await?;
    let states = states.into_iter().map(|state| state.0);
    let lost: Vec<String> = states.filter(|state| of.chart().state(state).is_none()).collect();
    if lost.is_empty() {
        return Ok(());
    }
    let in_use = database.ask::<InUse>(of, sql::in_use(D::DIALECT, machine, &lost, NAMED)).await?;
    refuse_states(of.chart().machine, in_use)
}

fn refuse_states(machine: &'static str, in_use: Vec<InUse>) -> Result<(), Error> {
    let mut states: Vec<(String, u64, Vec<String>)> = Vec::new();
    for InUse { state, count, subject } in in_use {
        match states.last_mut().filter(|(last, ..)| *last == state) {
            Some((_, _, named)) => named.push(subject),
            None => states.push((state, count, vec![subject])),
        }
    }
    if states.is_empty() {
        return Ok(());
    }
    Err(Error::StatesInUse(Box::new(StatesInUse { machine, states })))
}

/// The id of a row that was inserted.
struct Inserted(i32);

impl Item for Inserted {
    fn of(row: &impl Cells) -> Result<Self, Error> {
        Ok(Self(present(row.small(0)?)?))
    }
}

/// Puts the chart on record, and the machine if it is new. The ids of both.
async fn insert<D: Connection>(
    database: &mut D,
    of: &'static Declaration,
    machine: Option<i32>,
) -> Result<(i32, i32), Error> {
    let chart = of.chart();
    let machine = match machine {
        Some(machine) => machine,
        None => inserted(database, of, sql::insert_machine(D::DIALECT, chart.machine)).await?,
    };
    let id = inserted(database, of, sql::insert_chart(D::DIALECT, machine, chart)).await?;
    database.ask::<Inserted>(of, sql::insert_states(D::DIALECT, id, chart)).await?;
    let created = chart.initial().map(|state| (CREATE, None, state.name, [false, false]));
    let moved = chart.edges.iter().map(|edge| {
        let requires = [Requirement::Actor, Requirement::Reason].map(|requirement| edge.requires(requirement));
        (edge.transition, Some(edge.from), edge.to, requires)
    });
    database.ask::<Inserted>(of, sql::insert_edges(D::DIALECT, machine, id, created.chain(moved))).await?;
    Ok((machine, id))
}

async fn inserted<D: Connection>(
    database: &mut D,
    of: &'static Declaration,
    statement: Statement,
) -> Result<i32, Error> {
    let inserted = database.ask::<Inserted>(of, statement).await?;
    inserted.first().map(|row| row.0).ok_or_else(|| failed(of, "a trigger left a row of the chart out".into()))
}

struct EdgeRow {
    id: i32,
    transition: String,
    from: Option<String>,
    to: String,
}

impl Item for EdgeRow {
    fn of(row: &impl Cells) -> Result<Self, Error> {
        let text = |at| Ok::<_, Misread>(row.text(at)?.map(str::to_owned));
        Ok(Self { id: present(row.small(0)?)?, transition: present(text(1)?)?, from: text(2)?, to: present(text(3)?)? })
    }
}

async fn edges<D: Connection>(database: &mut D, of: &'static Declaration, chart: i32) -> Result<EdgeIds, Error> {
    let rows = database.ask::<EdgeRow>(of, sql::chart_edges(D::DIALECT, chart)).await?;
    let rows: HashMap<_, _> =
        rows.iter().map(|row| ((&*row.transition, row.from.as_deref(), &*row.to), row.id)).collect();
    let created = of.chart().initial().map(|state| (CREATE, None, state.name));
    let moved = of.chart().edges.iter().map(|edge| (edge.transition, Some(edge.from), edge.to));
    let ids = created.chain(moved).map(|edge| match rows.get(&edge) {
        Some(id) => Ok((edge, *id)),
        None => Err(failed(of, format!("`tollgate_edge` lacks `{}` to `{}` of the chart", edge.0, edge.2).into())),
    });
    ids.collect()
}

/// Why a machine whose table is missing is not registered.
pub(crate) const NO_TABLE: &str =
    "the database has no such table; make it first, or name its schema as in `schema.table`";

/// Why a machine whose table lacks this column is not registered. `columns` are those of the table.
pub(crate) fn no_column<'c>(column: &str, columns: impl Iterator<Item = &'c str>) -> String {
    let mut columns: Vec<String> = columns.map(|column| format!("`{column}`")).collect();
    columns.sort_unstable();
    format!("it has no column `{column}`; its columns are {}", columns.join(", "))
}

/// The error of a registration.
pub(crate) fn failed(of: &Declaration, cause: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Database { what: format!("registering {}", of.chart().machine).into(), cause }
}

#[cfg(test)]
mod tests {
    use super::{InUse, refuse_states};
    use crate::Error;

    #[test]
    fn subjects_in_lost_states_are_counted_and_named_by_state() {
        let in_use = |state: &str, count, subject: &str| InUse { state: state.into(), count, subject: subject.into() };
        let found = vec![in_use("Held", 7, "1"), in_use("Held", 7, "2"), in_use("Paid", 1, "3")];
        let Err(Error::StatesInUse(in_use)) = refuse_states("Order", found) else { panic!("there are subjects") };
        let named = |subjects: &[&str]| subjects.iter().map(|subject| (*subject).to_owned()).collect::<Vec<_>>();
        assert_eq!(in_use.states, [("Held".into(), 7, named(&["1", "2"])), ("Paid".into(), 1, named(&["3"]))]);
        assert!(refuse_states("Order", Vec::new()).is_ok());
    }
}
