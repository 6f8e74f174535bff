//! SQLite: each database in its own file.

pub(crate) mod by_hand;
mod fill;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;
use tokio::runtime::Handle;
use tollgate_store::Store;

use crate::Result;
use crate::load::Check;
use crate::plan::{BY_HAND, OURS, Plan};
use crate::report::{Edges, ReportState};

/// The folder of this run.
pub(crate) struct Directory {
    directory: TempDir,
    runtime: Handle,
}

/// A database in a file, filled.
#[derive(Clone)]
pub(crate) struct Database {
    pub(crate) path: PathBuf,
    pub(crate) plan: Plan,
    pub(crate) machine: i32,
    pub(crate) edges: Edges,
    pub(crate) runtime: Handle,
}

/// The setting `synchronous`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Synchronous {
    Full,
    Normal,
}

impl Synchronous {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Normal => "NORMAL",
        }
    }
}

impl Directory {
    pub(crate) fn new(runtime: &Handle) -> Result<Self> {
        Ok(Self { directory: tempfile::tempdir()?, runtime: runtime.clone() })
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Makes a new database, filled.
    pub(crate) fn database(&self, plan: Plan) -> Result<Database> {
        let file = tempfile::Builder::new().suffix(".db").tempfile_in(&self.directory)?;
        let path = file.into_temp_path().keep()?;
        let mut connection = Connection::open(&path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE reports (id INTEGER PRIMARY KEY, title TEXT NOT NULL, state TEXT, version INTEGER);",
        )?;
        // Makes the store's tables, and registers the machine: the floor names the same edges.
        let opened = Store::options(&url(&path)).machine::<ReportState>().open();
        drop(self.runtime.block_on(opened)?);
        let machine = connection.query_row("SELECT id FROM tollgate_machine", [], |row| row.get(0))?;
        let edges = edges(&connection)?;
        let database = Database { path, plan, machine, edges, runtime: self.runtime.clone() };
        fill::fill(&mut connection, &database)?;
        Ok(database)
    }
}

fn edges(connection: &Connection) -> Result<Edges> {
    let mut edges = connection.prepare("SELECT id, transition FROM tollgate_edge")?;
    let edges = edges.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Edges::of(edges.collect::<rusqlite::Result<Vec<_>>>()?))
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

impl Database {
    pub(crate) fn url(&self) -> String {
        url(&self.path)
    }

    /// The table in which records are looked for.
    pub(crate) fn table(&self) -> &'static str {
        if self.plan.by_hand { BY_HAND } else { OURS }
    }

    /// A connection as the floors have it.
    pub(crate) fn connect(&self, synchronous: Synchronous) -> Result<Connection> {
        let connection = Connection::open(&self.path)?;
        connection.busy_timeout(Duration::from_mins(1))?;
        connection.execute_batch(&format!("PRAGMA journal_mode = WAL; PRAGMA synchronous = {}", synchronous.name()))?;
        Ok(connection)
    }

    /// The same as on Postgres.
    pub(crate) fn check(&self) -> Check {
        let database = self.clone();
        Box::new(move |done| database.hold_against(done))
    }

    fn hold_against(&self, done: u64) -> Result<()> {
        let table = self.table();
        let counts = format!(
            "SELECT (SELECT count(*) FROM {table} WHERE version IS NOT NULL), (SELECT sum(version) FROM reports), \
             (SELECT count(*) FROM reports r WHERE NOT EXISTS (SELECT 1 FROM {table} x JOIN tollgate_edge e ON e.id = x.edge \
              WHERE x.machine = ?1 AND x.subject = CAST(r.id AS TEXT) AND x.version = r.version AND e.to_state = r.state))"
        );
        let connection = self.connect(Synchronous::Normal)?;
        let row = connection.query_row(&counts, [self.machine], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let (records, versions, astray): (i64, i64, i64) = row?;
        let expected = (self.plan.records() + done).cast_signed();
        if records == expected && versions == expected && astray == 0 {
            return Ok(());
        }
        Err(format!(
            "{expected} records were acknowledged, {records} are there; the rows say {versions}, {astray} of them not what \
             their last record says"
        )
        .into())
    }
}
