//! The registration of a machine on a connection of SQLite. Its steps are in `registrar`.

use std::future::{Future, ready};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tollgate::machine::Declaration;

use super::Statements;
use super::access::ready_output;
use super::columns;
use super::executor::fetch;
use super::failure;
use crate::Error;
use crate::backend::catalog::Known;
use crate::backend::registration::{self, Registration};
use crate::row::sql_row::FromRow;
use crate::schema::registered::Registered;
use crate::schema::sql::{Dialect, Statement};

/// The machine, where its chart is on record.
pub(crate) fn find(connection: &Connection, of: &'static Declaration) -> Result<Option<Registered>, Error> {
    Ok(ready_output(registration::find(&mut On(connection), of))?.map(|entry| registered(of, entry)))
}

/// The machine, put on record where it is not. In a transaction that writes.
pub(crate) fn register(connection: &Connection, of: &'static Declaration) -> Result<Registered, Error> {
    Ok(registered(of, ready_output(registration::register(&mut On(connection), of))?))
}

fn registered(
    of: &'static Declaration,
    Registration { machine, edges, columns }: Registration<Option<String>>,
) -> Registered {
    Registered { declaration: of, machine, edges, numeric_id: columns }
}

/// Calls [`register`] in a separate transaction.
pub(crate) fn register_at_once(
    connection: &Connection,
    of: &'static Declaration,
    timeout: Duration,
) -> Result<Registered, Error> {
    let failed = |error| failure::with_hint(&format!("registering {}", of.chart().machine), timeout, error);
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(failed)?;
    let registered = register(&transaction, of)?;
    transaction.commit().map_err(failed)?;
    Ok(registered)
}

/// The connection that registers. Its futures are ready when they are made.
struct On<'c>(&'c Connection);

impl registration::Registrar for On<'_> {
    const DIALECT: Dialect = Dialect::Sqlite;
    /// The type of the id column, if it stores a text that reads as a number as a number.
    type Columns = Option<String>;

    fn columns(&mut self, of: &'static Declaration) -> impl Future<Output = Result<Option<String>, Error>> + Send {
        ready(columns::check(self.0, of))
    }

    fn fetch<T: FromRow>(
        &mut self,
        of: &'static Declaration,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<T>, Error>> + Send {
        ready(fetch(self.0, &statement, |error| registration::failed(of, error.into())))
    }
}

/// Whether these machines still have the numbers under which they were registered. A restored backup gives them to others.
///
/// A machine is looked up if another connection has written since the last time. All calls are for one connection.
pub(crate) fn are_current<'k>(
    connection: &Connection,
    machines: impl Iterator<Item = &'k Known<Statements>>,
) -> rusqlite::Result<bool> {
    let version: i64 = connection.prepare_cached("PRAGMA main.data_version")?.query_row([], |row| row.get(0))?;
    let version = version.saturating_add(1);
    for known in machines {
        if known.1.checked.load(Relaxed) == version {
            continue;
        }
        if !is_current(connection, &known.0)? {
            return Ok(false);
        }
        known.1.checked.store(version, Relaxed);
    }
    Ok(true)
}

/// Whether the machine, the chart and each of its edges has the number under which it was registered.
pub(crate) fn is_current(connection: &Connection, registered: &Registered) -> rusqlite::Result<bool> {
    const EDGES: &str = "SELECT e.id, e.transition, e.from_state, e.to_state FROM tollgate_chart c \
                         JOIN tollgate_edge e ON e.chart = c.id WHERE c.machine = ?1 AND c.fingerprint = ?2";
    let fingerprint = registered.declaration.chart().fingerprint.as_bytes();
    let mut edges = connection.prepare_cached(EDGES)?;
    let mut edges = edges.query(params![registered.machine, fingerprint])?;
    let mut found = 0;
    while let Some(edge) = edges.next()? {
        let text = |at: usize| edge.get_ref(at)?.as_str_or_null().map_err(rusqlite::Error::from);
        let (Some(transition), from, Some(to)) = (text(1)?, text(2)?, text(3)?) else { continue };
        let id: i32 = edge.get(0)?;
        found += usize::from(registered.edges.get(&(transition, from, to)) == Some(&id));
    }
    Ok(found == registered.edges.len())
}

/// Whether the machine has the number under which it was registered: all that a read of its records goes by.
pub(crate) fn is_machine(connection: &Connection, registered: &Registered) -> Result<bool, Error> {
    const CHART: &str = "SELECT 1 FROM tollgate_chart WHERE machine = ?1 AND fingerprint = ?2";
    let fingerprint = registered.declaration.chart().fingerprint.as_bytes();
    let found =
        connection.prepare_cached(CHART).and_then(|mut chart| chart.exists(params![registered.machine, fingerprint]));
    found.map_err(|error| registration::failed(registered.declaration, error.into()))
}
