//! The registration of a machine on a connection of Postgres. Its steps are in `registration`.

use std::future::Future;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tollgate::machine::Declaration;

use super::database;
use super::execute::unnamed;
use super::identity;
use super::migrate::{BEGIN, LOCK};
use super::rows::bind;
use super::statements::{Statements, TableColumns};
use super::table_columns::columns;
use crate::backend::catalog::{Catalog, Known};
use crate::backend::registration::{self, Registration};
use crate::error::Error;
use crate::row::sql_row::FromRow;
use crate::schema::registered::Registered;
use crate::schema::sql::{Dialect, Statement};

const FAILED: &str = "registering a machine";

/// Registers the machine. If its chart is stored, nothing is written.
pub(super) async fn register(
    connection: &mut PgConnection,
    of: &'static Declaration,
    catalog: &Catalog<Statements>,
    keeps_chain: bool,
) -> Result<Known<Statements>, Error> {
    // In a transaction, without a name: see [`execute`](super::execute).
    let mut reading = connection.begin().await.map_err(database(FAILED))?;
    let found = find(&mut reading, of, catalog, keeps_chain).await?;
    reading.commit().await.map_err(database(FAILED))?;
    if let Some(known) = found {
        return Ok(known);
    }
    let mut transaction = connection.begin_with(BEGIN).await.map_err(database(FAILED))?;
    unnamed(LOCK).execute(&mut *transaction).await.map_err(database(FAILED))?;
    let registration = registration::register(&mut On(&mut transaction), of).await?;
    let identity = identity::condition(&mut transaction).await.map_err(database(FAILED))?;
    transaction.commit().await.map_err(database(FAILED))?;
    Ok(add(of, registration, identity, catalog, keeps_chain))
}

/// Finds the machine without writing; returns `None` if its chart is not stored.
pub(super) async fn find(
    connection: &mut PgConnection,
    of: &'static Declaration,
    catalog: &Catalog<Statements>,
    keeps_chain: bool,
) -> Result<Option<Known<Statements>>, Error> {
    let Some(registration) = registration::find(&mut On(connection), of).await? else { return Ok(None) };
    let identity = identity::condition(connection).await.map_err(database(FAILED))?;
    Ok(Some(add(of, registration, identity, catalog, keeps_chain)))
}

fn add(
    of: &'static Declaration,
    Registration { machine, edges, columns }: Registration<Option<TableColumns>>,
    identity: String,
    catalog: &Catalog<Statements>,
    keeps_chain: bool,
) -> Known<Statements> {
    let statements = Statements::of(of.chart(), machine, columns.as_ref(), keeps_chain, identity);
    catalog.add(Registered { declaration: of, machine, edges, numeric_id: None }, statements)
}

/// The connection that registers.
struct On<'c>(&'c mut PgConnection);

impl registration::Registrar for On<'_> {
    const DIALECT: Dialect = Dialect::Postgres;
    type Columns = Option<TableColumns>;

    fn columns(
        &mut self,
        of: &'static Declaration,
    ) -> impl Future<Output = Result<Option<TableColumns>, Error>> + Send {
        columns(self.0, of)
    }

    async fn fetch<T: FromRow>(&mut self, of: &'static Declaration, statement: Statement) -> Result<Vec<T>, Error> {
        // Not prepared: it is sent once, and would displace a statement that is used again from the cache.
        let query = bind(sqlx::query(AssertSqlSafe(statement.text)).persistent(false), &statement.values);
        let rows = query.fetch_all(&mut *self.0).await.map_err(|error| match error {
            sqlx::Error::PoolClosed => Error::StoreClosed,
            error => registration::failed(of, error.into()),
        })?;
        rows.iter().map(T::from_row).collect()
    }
}
