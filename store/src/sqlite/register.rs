//! Machines put on record: the chart, its states and its edges, and whether subjects are where the chart has no state.

use std::collections::HashMap;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tollgate::chart::Requirement;
use tollgate::machine::Declaration;

use super::columns;
use super::fault::{self, database};
use crate::Error;
use crate::error::StatesInUse;
use crate::registered::Registered;

/// The transition that a creation is recorded as.
const CREATE: &str = "create";

/// The machine, where its chart is on record.
pub(crate) fn find(connection: &Connection, of: &'static Declaration) -> Result<Option<Registered>, Error> {
    let numeric_id = columns::check(connection, of)?;
    let Some(machine) = machine(connection, of)? else { return Ok(None) };
    let fingerprint = of.chart().fingerprint.as_bytes();
    let chart = connection
        .prepare_cached("SELECT id FROM tollgate_chart WHERE machine = ?1 AND fingerprint = ?2")
        .and_then(|mut found| found.query_row(params![machine, fingerprint], |row| row.get::<_, i64>(0)).optional());
    let Some(chart) = chart.map_err(failed(of))? else { return Ok(None) };
    check_states(connection, of, machine)?;
    let edges = edges(connection, of, chart).map_err(failed(of))?;
    Ok(Some(Registered { declaration: of, machine, edges, numeric_id }))
}

/// The machine, put on record where it is not. In a transaction that writes.
pub(crate) fn enrol(connection: &Connection, of: &'static Declaration) -> Result<Registered, Error> {
    if let Some(registered) = find(connection, of)? {
        return Ok(registered);
    }
    let machine = match machine(connection, of)? {
        Some(machine) => machine,
        None => connection
            .query_row("INSERT INTO tollgate_machine (name) VALUES (?1) RETURNING id", [of.chart().machine], |row| {
                row.get(0)
            })
            .map_err(failed(of))?,
    };
    check_states(connection, of, machine)?;
    insert(connection, of, machine).map_err(failed(of))?;
    find(connection, of)?.ok_or(Error::NotRegistered { machine: of.chart().machine.to_owned() })
}

/// [`enrol`] in a transaction of its own.
pub(crate) fn enrol_at_once(
    connection: &Connection,
    of: &'static Declaration,
    patience: Duration,
) -> Result<Registered, Error> {
    let failed = |error| fault::waiting(&format!("registering {}", of.chart().machine), patience, error);
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(failed)?;
    let registered = enrol(&transaction, of)?;
    transaction.commit().map_err(failed)?;
    Ok(registered)
}

fn failed(of: &'static Declaration) -> impl Fn(rusqlite::Error) -> Error {
    |error| database(format!("registering {}", of.chart().machine), error)
}

/// The id of the machine that has, or had, one of its names.
fn machine(connection: &Connection, of: &'static Declaration) -> Result<Option<i32>, Error> {
    let mut known: Option<(i32, &str)> = None;
    for name in [of.chart().machine].iter().chain(of.chart().was) {
        let found: Option<i32> = connection
            .prepare_cached("SELECT machine FROM tollgate_chart WHERE name = ?1 ORDER BY id DESC LIMIT 1")
            .and_then(|mut found| found.query_row([name], |row| row.get(0)).optional())
            .map_err(failed(of))?;
        match (known, found) {
            (Some((one, _)), Some(other)) if one != other => {
                return Err(Error::TwoMachines { name: of.chart().machine, former: (*name).to_owned() });
            }
            (None, Some(found)) => known = Some((found, name)),
            _ => {}
        }
    }
    Ok(known.map(|(machine, _)| machine))
}

fn insert(connection: &Connection, of: &'static Declaration, machine: i32) -> rusqlite::Result<()> {
    const CHART: &str = "INSERT INTO tollgate_chart (machine, name, fingerprint, definition) VALUES (?1, ?2, ?3, ?4) \
                         RETURNING id";
    const STATE: &str =
        "INSERT INTO tollgate_state (chart, name, initial, terminal, former) VALUES (?1, ?2, ?3, ?4, ?5)";
    const EDGE: &str = "INSERT INTO tollgate_edge \
                        (machine, chart, transition, from_state, to_state, requires_actor, requires_reason) \
                        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let chart = of.chart();
    let definition = chart.to_json();
    let id: i64 = connection.query_row(
        CHART,
        params![machine, chart.machine, chart.fingerprint.as_bytes(), definition],
        |row| row.get(0),
    )?;
    let mut insert = connection.prepare(STATE)?;
    for state in chart.states {
        let former = serde_json::Value::from(state.was).to_string();
        insert.execute(params![id, state.name, state.initial, state.terminal, former])?;
    }
    let mut insert = connection.prepare(EDGE)?;
    for state in chart.initial() {
        insert.execute(params![machine, id, CREATE, None::<&str>, state.name, false, false])?;
    }
    for edge in chart.edges {
        let requires = (edge.requires(Requirement::Actor), edge.requires(Requirement::Reason));
        insert.execute(params![machine, id, edge.transition, edge.from, edge.to, requires.0, requires.1])?;
    }
    Ok(())
}

type Edges = HashMap<(&'static str, Option<&'static str>, &'static str), i32>;

fn edges(connection: &Connection, of: &'static Declaration, chart: i64) -> rusqlite::Result<Edges> {
    const EDGE: &str = "SELECT id FROM tollgate_edge \
                        WHERE chart = ?1 AND transition = ?2 AND from_state IS ?3 AND to_state = ?4";
    let mut find = connection.prepare_cached(EDGE)?;
    let created = of.chart().initial().map(|state| (CREATE, None, state.name));
    let moved = of.chart().edges.iter().map(|edge| (edge.transition, Some(edge.from), edge.to));
    let mut edges = HashMap::new();
    for (transition, from, to) in created.chain(moved) {
        let id = find.query_row(params![chart, transition, from, to], |row| row.get(0))?;
        edges.insert((transition, from, to), id);
    }
    Ok(edges)
}

/// How many subjects of a state are named where the chart lacks it.
const NAMED: usize = 5;

/// Refuses a chart that lacks a state in which subjects are. Only where some chart of the machine has a state that this
/// one lacks are records looked at.
fn check_states(connection: &Connection, of: &'static Declaration, machine: i32) -> Result<(), Error> {
    const STATES: &str = "SELECT DISTINCT to_state FROM tollgate_edge WHERE machine = ?1";
    const SUBJECTS: &str = "SELECT r.subject FROM tollgate_edge e CROSS JOIN tollgate_record r ON r.edge = e.id \
                            WHERE e.machine = ?1 AND e.to_state = ?2 AND r.version IS NOT NULL AND NOT EXISTS ( \
                              SELECT 1 FROM tollgate_record later WHERE later.machine = r.machine \
                              AND later.subject = r.subject AND later.version = r.version + 1)";
    let mut in_use = Vec::new();
    let states = || {
        let mut states = connection.prepare_cached(STATES)?;
        states.query_map([machine], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()
    };
    for state in states().map_err(failed(of))?.into_iter().filter(|state| of.chart().state(state).is_none()) {
        let (mut count, mut named) = (0_u64, Vec::new());
        let mut look = || {
            let mut subjects = connection.prepare_cached(SUBJECTS)?;
            let mut subjects = subjects.query(params![machine, state])?;
            while let Some(subject) = subjects.next()? {
                count += 1;
                if named.len() < NAMED {
                    named.push(subject.get::<_, String>(0)?);
                }
            }
            Ok(())
        };
        look().map_err(failed(of))?;
        if count > 0 {
            in_use.push((state, count, named));
        }
    }
    if in_use.is_empty() {
        return Ok(());
    }
    Err(Error::StatesInUse(Box::new(StatesInUse { machine: of.chart().machine, states: in_use })))
}
