//! A new database for one test, SQLite or Postgres, and reads and writes there without the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Map, Value};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _};
use tempfile::TempDir;
use tollgate::uuid::Uuid;
use tollgate_store::{Options, Store};

use crate::ledger::Ledger;
use crate::{Parcel, Report, Tested};

/// The kind of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A SQLite file.
    Sqlite,
    /// A Postgres database.
    Postgres,
}

/// A row by column names. A value that is neither a number nor a text is a text; bytes are hexadecimal digits.
pub type Row = Map<String, Value>;

/// A connection of the driver.
#[derive(Debug)]
pub enum Connection {
    /// A connection to the file.
    Sqlite(rusqlite::Connection),
    /// A pool of connections to the server.
    Postgres(PgPool),
}

/// A database that no other test uses.
#[derive(Debug)]
pub struct Database {
    url: String,
    place: Place,
    ledger: Arc<Ledger>,
    is_tampered: AtomicBool,
}

#[derive(Debug)]
enum Place {
    File { path: PathBuf, _directory: Option<TempDir> },
    Server(PgPool),
}

const TABLES: &str = "CREATE TABLE reports (id bigint PRIMARY KEY, title text NOT NULL, state text, version bigint);
    CREATE TABLE parcels (id uuid PRIMARY KEY, status text);
    CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL);";

impl Database {
    /// Creates a database.
    ///
    /// # Panics
    ///
    /// Panics if the file cannot be created, or if there is no server.
    #[must_use]
    pub fn new(kind: Kind, name: &str) -> Self {
        let (url, place) = match kind {
            Kind::Sqlite => {
                let directory = TempDir::new().expect("there is room for a file");
                let path = directory.path().join("app.db");
                (format!("sqlite://{}", path.display()), Place::File { path, _directory: Some(directory) })
            }
            Kind::Postgres => {
                let url = tollgate_cluster::database(name);
                let pool = PgPoolOptions::new().max_connections(4).connect_lazy(&url).expect("it is an address");
                (url, Place::Server(pool))
            }
        };
        Self::at(url, place)
    }

    /// Wraps a database file that the test created.
    #[must_use]
    pub fn in_file(path: &Path) -> Self {
        let place = Place::File { path: path.to_owned(), _directory: None };
        Self::at(format!("sqlite://{}", path.display()), place)
    }

    /// Wraps a Postgres database that the test created.
    #[must_use]
    pub fn of_pool(pool: &PgPool) -> Self {
        Self::at(pool.connect_options().to_url_lossy().into(), Place::Server(pool.clone()))
    }

    fn at(url: String, place: Place) -> Self {
        Self { url, place, ledger: Arc::default(), is_tampered: AtomicBool::new(false) }
    }

    /// Returns the kind of the database.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.place {
            Place::File { .. } => Kind::Sqlite,
            Place::Server(_) => Kind::Postgres,
        }
    }

    /// Returns the URL of the database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the options for a store on this database.
    pub fn options(&self) -> Options {
        Store::options(&self.url).connections(8)
    }

    /// Opens a store on this database.
    ///
    /// # Errors
    ///
    /// Returns the error of the store.
    pub async fn store(&self) -> Tested<Store> {
        Ok(self.options().open().await?)
    }

    /// Opens a store on this database, and creates the tables of reports, parcels and notes.
    ///
    /// # Errors
    ///
    /// Returns the error of the store or of the database.
    pub async fn with_tables(&self) -> Tested<Store> {
        self.execute(TABLES).await?;
        self.store().await
    }

    /// Inserts the row of a report, as the application does before the report is created.
    ///
    /// # Errors
    ///
    /// Returns the error of the database.
    pub async fn report(&self, id: i64) -> Tested<Report> {
        let title = format!("report {id}");
        self.execute(&format!("INSERT INTO reports (id, title) VALUES ({id}, '{title}')")).await?;
        Ok(Report { id, title })
    }

    /// Inserts the row of a parcel.
    ///
    /// # Errors
    ///
    /// Returns the error of the database.
    pub async fn parcel(&self, id: u128) -> Tested<Parcel> {
        let id = Uuid::from_u128(id);
        self.execute(&format!("INSERT INTO parcels (id) VALUES ('{id}')")).await?;
        Ok(Parcel { id })
    }

    /// Returns the ledger of reported outcomes.
    #[must_use]
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Marks the rows as changed by other SQL: [`agrees`](crate::agrees) does not compare them with the history.
    pub fn tamper(&self) {
        self.is_tampered.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_tampered(&self) -> bool {
        self.is_tampered.load(Ordering::Relaxed)
    }

    /// Returns a connection of the driver.
    ///
    /// # Errors
    ///
    /// Returns the error of the driver.
    #[allow(clippy::unused_async, reason = "whoever asks waits for what follows in any case")]
    pub async fn connection(&self) -> Tested<Connection> {
        Ok(match &self.place {
            Place::File { path, .. } => {
                let connection = rusqlite::Connection::open(path)?;
                connection.busy_timeout(Duration::from_secs(30))?;
                Connection::Sqlite(connection)
            }
            Place::Server(pool) => Connection::Postgres(pool.clone()),
        })
    }

    /// Runs statements that return no rows.
    ///
    /// # Errors
    ///
    /// Returns the error of the database.
    pub async fn execute(&self, sql: &str) -> Tested {
        match self.connection().await? {
            Connection::Sqlite(connection) => connection.execute_batch(sql)?,
            Connection::Postgres(pool) => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&pool).await?;
            }
        }
        Ok(())
    }

    /// Returns the rows of a query.
    ///
    /// # Errors
    ///
    /// Returns the error of the database.
    pub async fn rows(&self, sql: &str) -> Tested<Vec<Row>> {
        let mut rows = Vec::new();
        self.each(sql, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// Returns the only value of a query.
    ///
    /// # Errors
    ///
    /// Returns the error of the database.
    pub async fn value(&self, sql: &str) -> Tested<Value> {
        let rows = self.rows(sql).await?;
        let value = rows.into_iter().next().and_then(|row| row.into_iter().next());
        value.map(|(_, value)| value).ok_or_else(|| format!("`{sql}` has no row").into())
    }

    /// Returns whether a table of this name exists.
    ///
    /// # Errors
    ///
    /// Returns the error of the database.
    pub async fn has_table(&self, name: &str) -> Tested<bool> {
        let sql = match self.kind() {
            Kind::Sqlite => format!("SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = '{name}'"),
            Kind::Postgres => format!("SELECT count(*) AS n FROM pg_tables WHERE tablename = '{name}'"),
        };
        Ok(self.value(&sql).await? == 1)
    }

    /// Reads the rows of a query one after another.
    ///
    /// # Errors
    ///
    /// Returns the error of the database or of `read`.
    pub async fn each(&self, sql: &str, mut read: impl FnMut(Row) -> Tested) -> Tested {
        match self.connection().await? {
            Connection::Sqlite(connection) => {
                let mut statement = connection.prepare(sql)?;
                let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    let mut given = Row::new();
                    for (index, name) in names.iter().enumerate() {
                        given.insert(name.clone(), value_of(row.get_ref(index)?));
                    }
                    read(given)?;
                }
            }
            Connection::Postgres(pool) => {
                let sql = AssertSqlSafe(format!("SELECT row_to_json(given)::text FROM ({sql}) given"));
                for row in sqlx::query(sql).fetch_all(&pool).await? {
                    read(serde_json::from_str(row.try_get(0)?)?)?;
                }
            }
        }
        Ok(())
    }
}

fn value_of(value: rusqlite::types::ValueRef<'_>) -> Value {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => integer.into(),
        ValueRef::Real(real) => real.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
    }
}
