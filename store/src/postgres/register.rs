//! The registration of a machine: its chart is put on record, and its table is looked at.

use std::collections::HashMap;

use sqlx::{Connection as _, PgConnection, Row as _};
use tollgate::chart::{Chart, Requirement};
use tollgate::machine::Declaration;

use super::columns::columns;
use super::database;
use super::migrate::{BEGIN, LOCK};
use super::statements::{Columns, Statements};
use crate::error::{Error, StatesInUse};
use crate::registered::{Catalog, Known, Registered};

const FAILED: &str = "registering a machine";

/// Registers the machine. Where its chart is on record, nothing is written.
pub(super) async fn register(
    connection: &mut PgConnection,
    of: &'static Declaration,
    catalog: &Catalog<Statements>,
    keeps_chain: bool,
) -> Result<Known<Statements>, Error> {
    if let Some(known) = find(connection, of, catalog, keeps_chain).await? {
        return Ok(known);
    }
    let columns = columns(connection, of).await?;
    let mut transaction = connection.begin_with(BEGIN).await.map_err(database(FAILED))?;
    sqlx::query(LOCK).execute(&mut *transaction).await.map_err(database(FAILED))?;
    let found = chart_of(&mut transaction, of.chart()).await?;
    let (machine, chart) = match found {
        Found { machine: Some(machine), chart: Some(chart) } => (machine, chart),
        Found { machine, .. } => {
            if let Some(machine) = machine {
                check_states(&mut transaction, machine, of.chart()).await?;
            }
            insert(&mut transaction, machine, of.chart()).await.map_err(database(FAILED))?
        }
    };
    let edges = edges(&mut transaction, chart, of.chart()).await?;
    transaction.commit().await.map_err(database(FAILED))?;
    Ok(add(of, machine, edges, columns.as_ref(), catalog, keeps_chain))
}

/// The machine, where its chart is on record: found by reading alone.
pub(super) async fn find(
    connection: &mut PgConnection,
    of: &'static Declaration,
    catalog: &Catalog<Statements>,
    keeps_chain: bool,
) -> Result<Option<Known<Statements>>, Error> {
    let Found { machine: Some(machine), chart: Some(chart) } = chart_of(connection, of.chart()).await? else {
        return Ok(None);
    };
    check_states(connection, machine, of.chart()).await?;
    let columns = columns(connection, of).await?;
    let edges = edges(connection, chart, of.chart()).await?;
    Ok(Some(add(of, machine, edges, columns.as_ref(), catalog, keeps_chain)))
}

type Edges = HashMap<(&'static str, Option<&'static str>, &'static str), i32>;

fn add(
    of: &'static Declaration,
    machine: i32,
    edges: Edges,
    columns: Option<&Columns>,
    catalog: &Catalog<Statements>,
    keeps_chain: bool,
) -> Known<Statements> {
    let statements = Statements::of(of.chart(), machine, columns, keeps_chain);
    catalog.add(Registered { declaration: of, machine, edges, numeric_id: None }, statements)
}

/// What is on record of a chart.
struct Found {
    machine: Option<i32>,
    chart: Option<i32>,
}

/// The chart, and the machine whose it is: one that has, or had, its name or one of its former names.
async fn chart_of(connection: &mut PgConnection, chart: &'static Chart) -> Result<Found, Error> {
    let names: Vec<&str> = [chart.machine].into_iter().chain(chart.was.iter().copied()).collect();
    let charts = "SELECT id, machine, name, name = $2 AND fingerprint = $3 FROM tollgate_chart WHERE name = ANY($1)
                  ORDER BY name = $2 DESC, id";
    let charts = sqlx::query(charts).bind(names).bind(chart.machine).bind(&chart.fingerprint.as_bytes()[..]);
    let mut found = Found { machine: None, chart: None };
    for row in charts.fetch_all(connection).await.map_err(database(FAILED))? {
        let read = || -> sqlx::Result<(i32, i32, String, bool)> {
            Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?))
        };
        let (id, machine, former, is_same) = read().map_err(database(FAILED))?;
        if *found.machine.get_or_insert(machine) != machine {
            return Err(Error::TwoMachines { name: chart.machine, former });
        }
        if is_same {
            found.chart = Some(id);
        }
    }
    Ok(found)
}

/// Refuses a chart that lacks a state in which subjects are.
async fn check_states(connection: &mut PgConnection, machine: i32, chart: &'static Chart) -> Result<(), Error> {
    let states = sqlx::query("SELECT DISTINCT to_state FROM tollgate_edge WHERE machine = $1").bind(machine);
    let states = states.fetch_all(&mut *connection).await.map_err(database(FAILED))?;
    let states: Result<Vec<String>, _> = states.iter().map(|row| row.try_get(0)).collect();
    let mut unknown = states.map_err(database(FAILED))?;
    unknown.retain(|state| chart.state(state).is_none());
    if unknown.is_empty() {
        return Ok(());
    }
    let now = "SELECT e.to_state, count(*), (array_agg(r.subject ORDER BY r.id))[1:3]
               FROM tollgate_edge e JOIN tollgate_record r ON r.edge = e.id AND r.version IS NOT NULL
               WHERE e.machine = $1 AND e.to_state = ANY($2) AND NOT EXISTS (
                   SELECT FROM tollgate_record n
                   WHERE n.machine = $1 AND n.subject = r.subject AND n.version = r.version + 1)
               GROUP BY 1 ORDER BY 1";
    let now = sqlx::query(now).bind(machine).bind(unknown).fetch_all(connection).await.map_err(database(FAILED))?;
    let states = now.iter().map(|row| {
        let count: i64 = row.try_get(1)?;
        Ok((row.try_get(0)?, u64::try_from(count).unwrap_or_default(), row.try_get(2)?))
    });
    let states: Vec<_> = states.collect::<Result<_, _>>().map_err(database(FAILED))?;
    if states.is_empty() {
        return Ok(());
    }
    Err(Error::StatesInUse(Box::new(StatesInUse { machine: chart.machine, states })))
}

async fn insert(
    connection: &mut PgConnection,
    machine: Option<i32>,
    chart: &'static Chart,
) -> Result<(i32, i32), sqlx::Error> {
    let machine = if let Some(machine) = machine {
        machine
    } else {
        let new = sqlx::query("INSERT INTO tollgate_machine (name) VALUES ($1) RETURNING id").bind(chart.machine);
        new.fetch_one(&mut *connection).await?.try_get(0)?
    };
    let new = "INSERT INTO tollgate_chart (machine, name, fingerprint, definition) VALUES ($1, $2, $3, $4::json)
               RETURNING id";
    let new = sqlx::query(new).bind(machine).bind(chart.machine).bind(&chart.fingerprint.as_bytes()[..]);
    let id: i32 = new.bind(chart.to_json()).fetch_one(&mut *connection).await?.try_get(0)?;
    for state in chart.states {
        let new = "INSERT INTO tollgate_state (chart, name, initial, terminal, former) VALUES ($1, $2, $3, $4, $5)";
        let new = sqlx::query(new).bind(id).bind(state.name).bind(state.initial).bind(state.terminal);
        new.bind(state.was).execute(&mut *connection).await?;
    }
    let created = chart.initial().map(|state| ("create", None, state.name, false, false));
    let moved = chart.edges.iter().map(|edge| {
        let requires = |requirement| edge.requires(requirement);
        (edge.transition, Some(edge.from), edge.to, requires(Requirement::Actor), requires(Requirement::Reason))
    });
    let mut columns = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (transition, from, to, requires_actor, requires_reason) in created.chain(moved) {
        columns.0.push(transition);
        columns.1.push(from);
        columns.2.push(to);
        columns.3.push(requires_actor);
        columns.4.push(requires_reason);
    }
    // All at once: after each statement the database publishes what all edges require.
    let new =
        "INSERT INTO tollgate_edge (machine, chart, transition, from_state, to_state, requires_actor, requires_reason)
               SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::boolean[], $7::boolean[])";
    let new = sqlx::query(new).bind(machine).bind(id).bind(columns.0).bind(columns.1).bind(columns.2);
    new.bind(columns.3).bind(columns.4).execute(connection).await?;
    Ok((machine, id))
}

async fn edges(connection: &mut PgConnection, id: i32, chart: &'static Chart) -> Result<Edges, Error> {
    let rows = sqlx::query("SELECT id, transition, from_state, to_state FROM tollgate_edge WHERE chart = $1").bind(id);
    let rows = rows.fetch_all(connection).await.map_err(database(FAILED))?;
    let state = |name: &str| chart.state(name).map(|state| state.name);
    let mut edges = Edges::new();
    for row in rows {
        let read = || -> sqlx::Result<(i32, String, Option<String>, String)> {
            Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?))
        };
        let (edge, transition, from, to) = read().map_err(database(FAILED))?;
        let transition = chart.transition(&transition).map_or("create", |transition| transition.name);
        // The chart on record is this one, to the letter.
        if let (from, Some(to)) = (from.as_deref().and_then(state), state(&to)) {
            edges.insert((transition, from, to), edge);
        }
    }
    Ok(edges)
}
