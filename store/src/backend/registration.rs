//! The registration of a machine, once for both databases: the order of its steps, and what each refuses.

use std::collections::HashMap;
use std::future::Future;

use tollgate::Digest;
use tollgate::chart::{Chart, Requirement};
use tollgate::machine::Declaration;

use crate::error::{Error, StatesInUse};
use crate::row::decode;
use crate::row::sql_row::{DecodeError, FromRow, SqlRow, not_null};
use crate::schema::registered::check_names;
use crate::schema::sql::{self, Dialect, Statement};

/// The transition that a creation is recorded as.
const CREATE: &str = "create";
/// How many subjects in a state that the chart lacks are named.
const NAMED: usize = 5;

/// A connection on which a machine is registered.
pub(crate) trait Registrar {
    const DIALECT: Dialect;
    /// The facts that the backend reads about the columns of the caller's table.
    type Columns;

    /// Reads the columns of the caller's table, and refuses those that would change what is written into them.
    fn columns(&mut self, of: &'static Declaration) -> impl Future<Output = Result<Self::Columns, Error>> + Send;

    /// The rows of a statement that is part of this registration.
    fn fetch<T: FromRow>(
        &mut self,
        of: &'static Declaration,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<T>, Error>> + Send;
}

/// The ids of edges, by transition, state that is left and state that is reached.
pub(crate) type EdgeIds = HashMap<(&'static str, Option<&'static str>, &'static str), i32>;

/// A machine as it is on record, and the columns of its table.
#[derive(Debug)]
pub(crate) struct Registration<C> {
    pub(crate) machine: i32,
    pub(crate) edges: EdgeIds,
    pub(crate) columns: C,
}

/// Finds the machine, if its chart is on record. Writes nothing.
pub(crate) async fn find<R: Registrar>(
    registrar: &mut R,
    of: &'static Declaration,
) -> Result<Option<Registration<R::Columns>>, Error> {
    let columns = registrar.columns(of).await?;
    let ChartIds { machine: Some(machine), chart: Some(chart) } = chart_ids(registrar, of).await? else {
        return Ok(None);
    };
    check_states(registrar, of, machine).await?;
    let edges = edges(registrar, of, chart).await?;
    Ok(Some(Registration { machine, edges, columns }))
}

/// Finds the machine, and puts its chart on record if it is not. The caller has begun a transaction in which no other program
/// registers a chart.
pub(crate) async fn register<R: Registrar>(
    registrar: &mut R,
    of: &'static Declaration,
) -> Result<Registration<R::Columns>, Error> {
    let columns = registrar.columns(of).await?;
    let ChartIds { machine, chart } = chart_ids(registrar, of).await?;
    if let Some(machine) = machine {
        check_states(registrar, of, machine).await?;
    }
    let (machine, chart) = match (machine, chart) {
        (Some(machine), Some(chart)) => (machine, chart),
        (machine, _) => {
            check_names(of.chart())?;
            insert(registrar, of, machine).await?
        }
    };
    let edges = edges(registrar, of, chart).await?;
    Ok(Registration { machine, edges, columns })
}

/// A chart on record that has one of the names of a machine.
#[derive(Debug)]
pub(crate) struct ChartRow {
    id: i32,
    machine: i32,
    name: String,
    fingerprint: Digest,
}

impl FromRow for ChartRow {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        let name = not_null(row.text(2)?)?.to_owned();
        let fingerprint = not_null(decode::digest(row, 3)?)?;
        Ok(Self { id: not_null(row.integer(0)?)?, machine: not_null(row.integer(1)?)?, name, fingerprint })
    }
}

/// The ids of a machine and of its chart; none of what is not on record.
#[derive(Debug, PartialEq, Eq)]
struct ChartIds {
    machine: Option<i32>,
    chart: Option<i32>,
}

/// The names that a machine has, and had.
pub(crate) fn names(chart: &Chart) -> Vec<&'static str> {
    std::iter::once(chart.machine).chain(chart.was.iter().copied()).collect()
}

async fn chart_ids<R: Registrar>(registrar: &mut R, of: &'static Declaration) -> Result<ChartIds, Error> {
    let charts = registrar.fetch::<ChartRow>(of, sql::charts(R::DIALECT, &names(of.chart()))).await?;
    let machine = machine_of(&charts, of.chart())?;
    let is_same = |row: &&ChartRow| Some(row.machine) == machine && row.fingerprint == of.chart().fingerprint;
    Ok(ChartIds { machine, chart: charts.iter().find(is_same).map(|row| row.id) })
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

impl FromRow for State {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        Ok(Self(not_null(row.text(0)?)?.to_owned()))
    }
}

/// A subject in a state that the chart lacks, and the number of all subjects in that state.
struct InUse {
    state: String,
    count: u64,
    subject: String,
}

impl FromRow for InUse {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        let text = |at| Ok::<_, DecodeError>(not_null(row.text(at)?)?.to_owned());
        let count = u64::try_from(not_null(row.bigint(1)?)?).unwrap_or_default();
        Ok(Self { state: text(0)?, count, subject: text(2)? })
    }
}

/// Refuses a chart that lacks a state in which subjects are. Records are read only if another chart of the machine has a state
/// that this one lacks.
async fn check_states<R: Registrar>(registrar: &mut R, of: &'static Declaration, machine: i32) -> Result<(), Error> {
    let states = registrar.fetch::<State>(of, sql::states(R::DIALECT, machine)).await?;
    let states = states.into_iter().map(|state| state.0);
    let lost: Vec<String> = states.filter(|state| of.chart().state(state).is_none()).collect();
    if lost.is_empty() {
        return Ok(());
    }
    let in_use = registrar.fetch::<InUse>(of, sql::in_use(R::DIALECT, machine, &lost, NAMED)).await?;
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

impl FromRow for Inserted {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        Ok(Self(not_null(row.integer(0)?)?))
    }
}

/// Puts the chart on record, and the machine if it is new. The ids of both.
async fn insert<R: Registrar>(
    registrar: &mut R,
    of: &'static Declaration,
    machine: Option<i32>,
) -> Result<(i32, i32), Error> {
    let chart = of.chart();
    let machine = match machine {
        Some(machine) => machine,
        None => inserted(registrar, of, sql::insert_machine(R::DIALECT, chart.machine)).await?,
    };
    let id = inserted(registrar, of, sql::insert_chart(R::DIALECT, machine, chart)).await?;
    registrar.fetch::<Inserted>(of, sql::insert_states(R::DIALECT, id, chart)).await?;
    let created = chart.initial().map(|state| (CREATE, None, state.name, [false, false]));
    let moved = chart.edges.iter().map(|edge| {
        let requires = [Requirement::Actor, Requirement::Reason].map(|requirement| edge.requires(requirement));
        (edge.transition, Some(edge.from), edge.to, requires)
    });
    registrar.fetch::<Inserted>(of, sql::insert_edges(R::DIALECT, machine, id, created.chain(moved))).await?;
    Ok((machine, id))
}

async fn inserted<R: Registrar>(
    registrar: &mut R,
    of: &'static Declaration,
    statement: Statement,
) -> Result<i32, Error> {
    let inserted = registrar.fetch::<Inserted>(of, statement).await?;
    inserted.first().map(|row| row.0).ok_or_else(|| failed(of, "a trigger left a row of the chart out".into()))
}

struct EdgeRow {
    id: i32,
    transition: String,
    from: Option<String>,
    to: String,
}

impl FromRow for EdgeRow {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        let text = |at| Ok::<_, DecodeError>(row.text(at)?.map(str::to_owned));
        Ok(Self {
            id: not_null(row.integer(0)?)?,
            transition: not_null(text(1)?)?,
            from: text(2)?,
            to: not_null(text(3)?)?,
        })
    }
}

async fn edges<R: Registrar>(registrar: &mut R, of: &'static Declaration, chart: i32) -> Result<EdgeIds, Error> {
    let rows = registrar.fetch::<EdgeRow>(of, sql::chart_edges(R::DIALECT, chart)).await?;
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
