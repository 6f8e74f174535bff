//! The program's own table of reports: on SQLite by `rusqlite`, on Postgres by `sqlx`.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use sqlx::{Connection as _, PgConnection, PgPool};
use tollgate_store::Store;

use crate::database::{CommandResult, Creation};
use crate::desk::Why;
use crate::report::Report;

/// The store writes `state` and `version`. They are empty until the creation, which is in the same transaction.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS reports (
    id      BIGINT PRIMARY KEY,
    title   TEXT NOT NULL,
    state   TEXT,
    version BIGINT
)";
const INSERT: &str = "INSERT INTO reports (id, title) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
const TITLE: &str = "SELECT title FROM reports WHERE id = $1";
const ALL: &str = "SELECT id, title FROM reports ORDER BY id";

/// The table, by a connection that the store does not use.
pub(crate) enum Table {
    Sqlite(Connection),
    Postgres(PgPool),
}

impl Table {
    pub(crate) fn sqlite(path: &Path) -> Result<Self, Box<dyn Error>> {
        let connection = Connection::open(path)?;
        // The store writes to the same file by another connection.
        connection.busy_timeout(Duration::from_secs(30))?;
        connection.execute(TABLE, [])?;
        Ok(Self::Sqlite(connection))
    }

    pub(crate) async fn postgres(url: &str) -> Result<Self, Box<dyn Error>> {
        // A pool would try for half a minute to reach a server that is not there.
        let reached = PgConnection::connect(url).await;
        reached.map_err(|error| format!("the Postgres database cannot be reached: {error}"))?.close().await?;
        let pool = PgPool::connect(url).await?;
        sqlx::query(TABLE).execute(&pool).await?;
        Ok(Self::Postgres(pool))
    }

    /// Inserts the report's row and commits its creation: both, or neither.
    pub(crate) async fn create(&mut self, id: i64, creation: Creation, store: &Store) -> CommandResult {
        // An uncommitted transaction is rolled back when it is dropped.
        match self {
            Self::Sqlite(connection) => {
                let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                if transaction.execute(INSERT, (id, &creation.report.title))? == 0 {
                    return Ok(Err(Why::CreatedBefore));
                }
                let created = creation.commit(store.within(&mut transaction)).await?;
                if created.is_ok() {
                    transaction.commit()?;
                }
                Ok(created)
            }
            Self::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                let insert = sqlx::query(INSERT).bind(id).bind(&creation.report.title);
                if insert.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(Err(Why::CreatedBefore));
                }
                let created = creation.commit(store.within(&mut transaction)).await?;
                if created.is_ok() {
                    transaction.commit().await?;
                }
                Ok(created)
            }
        }
    }

    pub(crate) async fn find(&self, id: i64) -> Result<Option<Report>, Box<dyn Error>> {
        let title: Option<String> = match self {
            Self::Sqlite(connection) => connection.query_row(TITLE, [id], |row| row.get(0)).optional()?,
            Self::Postgres(pool) => sqlx::query_scalar(TITLE).bind(id).fetch_optional(pool).await?,
        };
        title.map(|title| report(id, title)).transpose()
    }

    /// All of them, by number.
    pub(crate) async fn all(&self) -> Result<Vec<Report>, Box<dyn Error>> {
        let rows: Vec<(i64, String)> = match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(ALL)?;
                let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.collect::<Result<_, _>>()?
            }
            Self::Postgres(pool) => sqlx::query_as(ALL).fetch_all(pool).await?,
        };
        rows.into_iter().map(|(id, title)| report(id, title)).collect()
    }
}

fn report(id: i64, title: String) -> Result<Report, Box<dyn Error>> {
    let number = u64::try_from(id).map_err(|_| format!("`reports` has a row {id}, and reports have numbers from 0"))?;
    Ok(Report { number, title })
}
