//! Statements on SQLite.

use rusqlite::{Connection, OptionalExtension as _};

use super::access::Access;
use crate::Error;
use crate::backend::edges::{EdgeTable, Registry};
use crate::backend::{Executor, READING};
use crate::row::sql_row::FromRow;
use crate::schema::sql::{Dialect, Statement, Value, time_text};

impl<A: Access> Executor for A {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn edges(&self) -> &EdgeTable {
        self.sqlite().edges()
    }

    async fn fetch<T: FromRow>(&self, statement: Statement) -> Result<Vec<T>, Error> {
        let (items, registry) = self.read(move |connection| fetch_with_registry(connection, &statement)).await?;
        self.edges().keep_if_of(registry);
        Ok(items)
    }
}

/// Returns the rows, and the charts that were registered at that moment.
fn fetch_with_registry<T: FromRow>(
    connection: &Connection,
    statement: &Statement,
) -> Result<(Vec<T>, Option<Registry>), Error> {
    const LAST: &str = "SELECT id, fingerprint, registered_at FROM tollgate_chart ORDER BY id DESC LIMIT 1";
    let failed = |source: rusqlite::Error| Error::Database { what: READING.into(), cause: source.into() };
    let transaction = connection.unchecked_transaction().map_err(failed)?;
    let items = fetch(&transaction, statement, failed)?;
    let registry = transaction
        .prepare_cached(LAST)
        .and_then(|mut last| last.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional());
    let registry = registry.map_err(failed)?;
    transaction.finish().map_err(failed)?;
    Ok((items, registry))
}

/// The rows of a statement on this connection. `failed` makes the error of a failure of the database.
pub(crate) fn fetch<T: FromRow>(
    connection: &Connection,
    statement: &Statement,
    failed: impl Fn(rusqlite::Error) -> Error,
) -> Result<Vec<T>, Error> {
    let failed = &failed;
    let mut prepared = connection.prepare_cached(&statement.text).map_err(failed)?;
    for (index, value) in statement.values.iter().enumerate() {
        // SQLite numbers `$2` by where it first appears.
        let position = prepared.parameter_index(&format!("${}", index + 1)).map_err(failed)?;
        let position = position.expect("the text has a placeholder for each value");
        match value {
            Value::Integer(value) => prepared.raw_bind_parameter(position, value),
            Value::BigInt(value) => prepared.raw_bind_parameter(position, value),
            Value::Text(value) => prepared.raw_bind_parameter(position, value),
            Value::Id(value) => prepared.raw_bind_parameter(position, &value.as_bytes()[..]),
            Value::Time(value) => prepared.raw_bind_parameter(position, time_text(*value)),
            Value::Bytes(value) => prepared.raw_bind_parameter(position, value),
        }
        .map_err(failed)?;
    }
    let mut rows = prepared.raw_query();
    let mut items = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        items.push(T::from_row(row)?);
    }
    Ok(items)
}
