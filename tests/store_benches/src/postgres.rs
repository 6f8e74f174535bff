//! Postgres: the server that all of it runs on, and its databases.

pub(crate) mod by_hand;
mod fill;

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use tokio::runtime::{Handle, Runtime};
use tollgate_cluster::{Cluster, ClusterError};
use tollgate_store::Store;

use crate::Result;
use crate::load::Check;
use crate::plan::{BY_HAND, OURS, Plan};
use crate::report::{Edges, ReportState};

/// The usual settings for a server of this size. The rest are the defaults: `fsync` and `synchronous_commit` are on.
const SETTINGS: [(&str, &str); 3] = [("shared_buffers", "256MB"), ("max_wal_size", "4GB"), ("max_connections", "400")];

/// The server of this run.
pub(crate) struct Server {
    cluster: Cluster,
    runtime: Arc<Runtime>,
}

/// A database on it, filled.
#[derive(Clone)]
pub(crate) struct Database {
    pub(crate) url: String,
    pub(crate) plan: Plan,
    pub(crate) machine: i32,
    pub(crate) edges: Edges,
    pub(crate) runtime: Handle,
}

impl Server {
    /// Fails with [`ClusterError::NotInstalled`] if no server is installed.
    pub(crate) fn start(runtime: &Arc<Runtime>) -> std::result::Result<Self, ClusterError> {
        Ok(Self { cluster: Cluster::with(&SETTINGS)?, runtime: Arc::clone(runtime) })
    }

    pub(crate) fn runtime(&self) -> &Handle {
        self.runtime.handle()
    }

    /// Describes the server and its file system.
    pub(crate) fn describe(&self) -> Result<(String, &std::path::Path)> {
        let version = self.cluster.psql().run(&self.cluster.url("postgres"), "SHOW server_version")?;
        let version = version.split_whitespace().next().unwrap_or_default().to_owned();
        let settings: Vec<String> = SETTINGS.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        Ok((format!("Postgres {version} ({})", settings.join(", ")), self.cluster.socket_directory()))
    }

    /// Makes a new database, filled.
    pub(crate) fn database(&self, plan: Plan) -> Result<Database> {
        let url = self.cluster.fresh_database("bench")?;
        self.runtime.block_on(async {
            let mut connection = PgConnection::connect(&url).await?;
            sqlx::raw_sql(
                "CREATE TABLE reports (id bigint PRIMARY KEY, title text NOT NULL, state text, version bigint)",
            )
            .execute(&mut connection)
            .await?;
            // Makes the store's tables, and registers the machine: the floor names the same edges.
            drop(Store::options(&url).machine::<ReportState>().open().await?);
            let machine =
                sqlx::query("SELECT id FROM tollgate_machine").fetch_one(&mut connection).await?.try_get(0)?;
            let edges = sqlx::query("SELECT id, transition FROM tollgate_edge").fetch_all(&mut connection).await?;
            let edges: sqlx::Result<Vec<(i32, String)>> =
                edges.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect();
            let database =
                Database { url: url.clone(), plan, machine, edges: Edges::of(edges?), runtime: self.runtime().clone() };
            fill::fill(&mut connection, &database).await?;
            Ok(database)
        })
    }

    pub(crate) fn url(&self) -> String {
        self.cluster.url("postgres")
    }
}

impl Database {
    /// The table in which records are looked for.
    pub(crate) fn table(&self) -> &'static str {
        if self.plan.by_hand { BY_HAND } else { OURS }
    }

    /// Checks that all acknowledged records are there, that versions have no gaps, and that each row is in the state of its
    /// last record.
    pub(crate) fn check(&self) -> Check {
        let database = self.clone();
        Box::new(move |done| database.runtime.clone().block_on(database.hold_against(done)))
    }

    async fn hold_against(&self, done: u64) -> Result<()> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let table = self.table();
        let counts = format!(
            "SELECT (SELECT count(*) FROM {table} WHERE version IS NOT NULL), (SELECT sum(version)::bigint FROM reports), \
             (SELECT count(*) FROM reports r WHERE NOT EXISTS (SELECT FROM {table} x JOIN tollgate_edge e ON e.id = x.edge \
              WHERE x.machine = $1 AND x.subject = r.id::text AND x.version = r.version AND e.to_state = r.state))"
        );
        let row = sqlx::query(AssertSqlSafe(counts)).bind(self.machine).fetch_one(&mut connection).await?;
        let (records, versions, astray): (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
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

    /// How many records a transaction held in the mean, of those after the fill.
    pub(crate) fn joined(&self) -> Result<f64> {
        self.runtime.block_on(async {
            let mut connection = PgConnection::connect(&self.url).await?;
            let table = self.table();
            let sql = format!(
                "SELECT count(*)::float8 / greatest(count(DISTINCT xmin::text), 1)::float8 FROM {table} WHERE version > $1"
            );
            let row = sqlx::query(AssertSqlSafe(sql)).bind(self.plan.versions.cast_signed()).fetch_one(&mut connection);
            Ok(row.await?.try_get(0)?)
        })
    }
}
