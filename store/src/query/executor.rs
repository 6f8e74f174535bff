//! A statement is asked of whichever database it is; of SQLite also without a task.

use std::future::Future;

use super::edges::EdgeTable;
#[cfg(feature = "sqlite")]
use super::edges::Registry;
use super::sql::{Dialect, Statement};
use crate::sql_row::FromRow;
use crate::{Error, Store};
#[cfg(feature = "sqlite")]
use rusqlite::OptionalExtension as _;

/// What answers statements.
pub(crate) trait Executor: Sync {
    fn dialect(&self) -> Dialect;
    fn edges(&self) -> &EdgeTable;
    fn fetch<T: FromRow>(&self, statement: Statement) -> impl Future<Output = Result<Vec<T>, Error>> + Send;
}

impl Executor for Store {
    fn dialect(&self) -> Dialect {
        #[cfg(feature = "postgres")]
        if self.as_postgres().is_some() {
            return Dialect::Postgres;
        }
        Dialect::Sqlite
    }

    fn edges(&self) -> &EdgeTable {
        self.known_edges()
    }

    async fn fetch<T: FromRow>(&self, statement: Statement) -> Result<Vec<T>, Error> {
        #[cfg(feature = "sqlite")]
        if let Some(sqlite) = self.as_sqlite() {
            let (items, registry) = sqlite.read(move |connection| on_sqlite(connection, &statement)).await?;
            self.known_edges().keep_if_of(registry);
            return Ok(items);
        }
        #[cfg(feature = "postgres")]
        if let Some(postgres) = self.as_postgres() {
            return on_postgres(postgres, statement).await;
        }
        drop(statement);
        Err(Error::StoreClosed)
    }
}

/// SQLite asked by the thread that wants to know, which waits: its futures are ready at once.
#[cfg(feature = "sqlite")]
pub(crate) struct Blocking<'s>(pub(crate) &'s crate::Sqlite);

#[cfg(feature = "sqlite")]
impl Executor for Blocking<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn edges(&self) -> &EdgeTable {
        self.0.known_edges()
    }

    async fn fetch<T: FromRow>(&self, statement: Statement) -> Result<Vec<T>, Error> {
        let (items, registry) = self.0.read_blocking(move |connection| on_sqlite(connection, &statement))?;
        self.edges().keep_if_of(registry);
        Ok(items)
    }
}

/// The outcome of a future that waits for nothing.
#[cfg(feature = "sqlite")]
pub(crate) fn ready_output<F: Future>(future: F) -> F::Output {
    use std::task::{Context, Poll, Waker};

    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => unreachable!("a blocking question waits inside, and is ready when it returns"),
    }
}

/// The answer, and which charts were on record at that moment.
#[cfg(feature = "sqlite")]
fn on_sqlite<T: FromRow>(
    connection: &rusqlite::Connection,
    statement: &Statement,
) -> Result<(Vec<T>, Option<Registry>), Error> {
    const LAST: &str = "SELECT id, fingerprint, registered_at FROM tollgate_chart ORDER BY id DESC LIMIT 1";
    let failed = |source: rusqlite::Error| Error::Database { what: WHAT.into(), cause: source.into() };
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
#[cfg(feature = "sqlite")]
pub(crate) fn fetch<T: FromRow>(
    connection: &rusqlite::Connection,
    statement: &Statement,
    failed: impl Fn(rusqlite::Error) -> Error,
) -> Result<Vec<T>, Error> {
    use super::sql::Value;

    let failed = &failed;
    let mut prepared = connection.prepare_cached(&statement.text).map_err(failed)?;
    for (index, value) in statement.values.iter().enumerate() {
        // SQLite numbers `$2` by where it first appears.
        let place = prepared.parameter_index(&format!("${}", index + 1)).map_err(failed)?;
        let place = place.expect("what is bound stands in the text");
        match value {
            Value::Integer(value) => prepared.raw_bind_parameter(place, value),
            Value::BigInt(value) => prepared.raw_bind_parameter(place, value),
            Value::Text(value) => prepared.raw_bind_parameter(place, value),
            Value::Id(value) => prepared.raw_bind_parameter(place, &value.as_bytes()[..]),
            Value::Time(value) => prepared.raw_bind_parameter(place, super::sql::time_text(*value)),
            Value::Bytes(value) => prepared.raw_bind_parameter(place, value),
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

#[cfg(feature = "postgres")]
async fn on_postgres<T: FromRow>(postgres: &crate::Postgres, statement: Statement) -> Result<Vec<T>, Error> {
    use super::sql::Value;

    let text: std::sync::Arc<str> = statement.text.into();
    let query = || {
        let query = sqlx::query(sqlx::AssertSqlSafe(std::sync::Arc::clone(&text)));
        statement.values.iter().fold(query, |query, value| match value {
            Value::Integer(value) => query.bind(value),
            Value::BigInt(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Id(value) => query.bind(value),
            Value::Time(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
        })
    };
    postgres.rows(WHAT, query).await?.iter().map(T::from_row).collect()
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
const WHAT: &str = "reading the history";
