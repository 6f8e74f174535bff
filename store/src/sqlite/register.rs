//! The registration of a machine on a connection of SQLite. Its steps are in `registrar`.

use std::future::{Future, ready};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tollgate::machine::Declaration;

use super::columns;
use super::fault;
use crate::Error;
use crate::cells::Item;
use crate::query::ask::{at_once, items_of};
use crate::query::sql::{Dialect, Statement};
use crate::registered::Registered;
use crate::registrar::{self, Entry};

/// The machine, where its chart is on record.
pub(crate) fn find(connection: &Connection, of: &'static Declaration) -> Result<Option<Registered>, Error> {
    Ok(at_once(registrar::find(&mut On(connection), of))?.map(|entry| registered(of, entry)))
}

/// The machine, put on record where it is not. In a transaction that writes.
pub(crate) fn enrol(connection: &Connection, of: &'static Declaration) -> Result<Registered, Error> {
    Ok(registered(of, at_once(registrar::enrol(&mut On(connection), of))?))
}

fn registered(of: &'static Declaration, Entry { machine, edges, columns }: Entry<Option<String>>) -> Registered {
    Registered { declaration: of, machine, edges, numeric_id: columns }
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

/// The connection that registers. Its futures are ready when they are made.
struct On<'c>(&'c Connection);

impl registrar::Connection for On<'_> {
    const DIALECT: Dialect = Dialect::Sqlite;
    /// The type of the id column, if it stores a text that reads as a number as a number.
    type Columns = Option<String>;

    fn columns(&mut self, of: &'static Declaration) -> impl Future<Output = Result<Option<String>, Error>> + Send {
        ready(columns::check(self.0, of))
    }

    fn ask<T: Item>(
        &mut self,
        of: &'static Declaration,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<T>, Error>> + Send {
        ready(items_of(self.0, &statement, |error| registrar::failed(of, error.into())))
    }
}
