//! A record is acknowledged only when a synchronous standby has it, even if the backend that waited for the standby ends.

use std::time::Duration;

use sqlx::PgPool;
use tokio::time::{sleep, timeout};
use tollgate::uuid::Uuid;
use tollgate::{Cause, CommitError, commit_all_async};
use tollgate_cluster::Cluster;
use tollgate_store::{Error, Store};

use crate::machines::{DoorState, Failure, REPORTS, ask, assert_whole, door, draft};

/// A primary, its only standby, which is synchronous, and a store on the primary.
struct Pair {
    primary: Cluster,
    standby: Cluster,
    database: String,
    store: Store,
    pool: PgPool,
}

async fn pair() -> Result<Pair, Failure> {
    let primary = tollgate_cluster::own(&[]);
    let standby = primary.standby()?;
    let url = primary.fresh_database("pair")?;
    let database = url.rsplit('/').next().ok_or("it names a database")?.to_owned();
    let store = Store::options(&url).connections(8).open().await?;
    let pool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
    sqlx::query(REPORTS).execute(&pool).await?;
    sqlx::query("ALTER SYSTEM SET synchronous_standby_names = '*'").execute(&pool).await?;
    sqlx::query("SELECT pg_reload_conf()").execute(&pool).await?;
    until(&pool, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", "1").await?;
    Ok(Pair { primary, standby, database, store, pool })
}

async fn until(pool: &PgPool, sql: &str, expected: &str) -> Result<(), Failure> {
    for _ in 0..2_000 {
        if ask(pool, sql).await?.as_deref() == Some(expected) {
            return Ok(());
        }
        sleep(Duration::from_millis(10)).await;
    }
    Err(format!("`{sql}` does not become {expected}").into())
}

const CONFIRMS: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%emit_message%'";
const WAITS: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query NOT LIKE '%emit_message%'";
const TERMINATE: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

#[derive(Clone, Copy, PartialEq)]
enum By {
    Commit,
    Batching,
    Batch,
}

/// The result of a commit.
#[derive(Debug, PartialEq)]
enum Became {
    Written,
    Unknown,
    Refused(String),
}

fn became<T, S>(outcome: &Result<T, CommitError<S, Error>>) -> Became {
    match outcome.as_ref().map_err(CommitError::cause) {
        Ok(_) => Became::Written,
        Err(Cause::Sink(Error::Unknown { .. })) => Became::Unknown,
        Err(other) => Became::Refused(other.to_string()),
    }
}

impl Pair {
    /// Begins a commit that waits for a stopped standby, and ends its backend. Returns when the store waits again.
    async fn interrupted(&self, by: By) -> Result<(Uuid, tokio::task::JoinHandle<Became>), Failure> {
        let report = draft(&self.store, &self.pool, 7).await?;
        let door = door(&self.store, 7).await?;
        self.standby.stop()?;
        let mut step = report.submit();
        let record = step.record_id();
        let store = self.store.clone();
        let commit = tokio::spawn(async move {
            match by {
                By::Commit => became(&step.commit_async(&store).await),
                By::Batching => became(&step.commit_async(store.batching()).await),
                By::Batch => match commit_all_async((step, door.open()), &store).await {
                    Ok(_) => Became::Written,
                    Err(error) if error.to_string().contains("it is unknown whether") => Became::Unknown,
                    Err(error) => Became::Refused(error.to_string()),
                },
            }
        });
        until(&self.pool, WAITS, "1").await?;
        sqlx::query(TERMINATE).execute(&self.pool).await?;
        until(&self.pool, CONFIRMS, "1").await?;
        sleep(Duration::from_millis(200)).await;
        assert!(!commit.is_finished(), "acknowledged without the standby");
        Ok((record, commit))
    }

    /// Stops the primary and promotes the standby. Returns whether the standby has the record.
    async fn failover(self, record: Uuid) -> Result<bool, Failure> {
        let Self { primary, standby, database, store, pool } = self;
        primary.kill()?;
        drop((store, pool));
        standby.psql().run(&standby.url("postgres"), "SELECT pg_promote()")?;
        let store = Store::open(&standby.url(&database)).await?;
        let is_there = store.outcome(record).await?.is_some();
        assert_whole(store.as_postgres().ok_or("it is on Postgres")?.pool()).await?;
        Ok(is_there)
    }
}

/// Ends the backend twice and loses the primary: the record was visible, and is lost.
async fn is_not_acknowledged(by: By) -> Result<(), Failure> {
    let pair = pair().await?;
    let (record, commit) = pair.interrupted(by).await?;
    // Another caller sees the row, but must not get a durable outcome.
    let outcome = timeout(Duration::from_millis(300), pair.store.outcome(record)).await;
    assert!(outcome.is_err(), "`outcome` returned a record that the standby does not have");
    sqlx::query(TERMINATE).execute(&pair.pool).await?;
    assert_eq!(commit.await?, Became::Unknown);
    Ok(())
}

/// The standby returns: the commit is acknowledged, and survives the loss of the primary.
async fn is_acknowledged_with_the_standby(by: By) -> Result<(), Failure> {
    let pair = pair().await?;
    let (record, commit) = pair.interrupted(by).await?;
    pair.standby.restart()?;
    assert_eq!(commit.await?, Became::Written);
    assert!(pair.store.outcome(record).await?.is_some());
    assert!(pair.failover(record).await?, "acknowledged and lost");
    Ok(())
}

macro_rules! replicate {
    ($($name:ident: $scenario:ident($by:expr);)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
        async fn $name() -> Result<(), Failure> {
            $scenario($by).await
        }
    )*};
}

replicate! {
    commit_interrupted_without_its_standby_returns_unknown: is_not_acknowledged(By::Commit);
    joined_commit_interrupted_without_its_standby_returns_unknown: is_not_acknowledged(By::Batching);
    batch_interrupted_without_its_standby_returns_unknown: is_not_acknowledged(By::Batch);
    commit_interrupted_until_its_standby_returns_survives_the_primary: is_acknowledged_with_the_standby(By::Commit);
    batch_interrupted_until_its_standby_returns_survives_the_primary: is_acknowledged_with_the_standby(By::Batch);
}

/// The caller gets `Unknown` in a failover, and retries on the new primary; the step is written once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
async fn commit_lost_in_a_failover_was_not_acknowledged() -> Result<(), Failure> {
    let pair = pair().await?;
    let (record, commit) = pair.interrupted(By::Commit).await?;
    sqlx::query(TERMINATE).execute(&pair.pool).await?;
    assert_eq!(commit.await?, Became::Unknown);
    pair.primary.kill()?;
    pair.standby.restart()?;
    pair.standby.psql().run(&pair.standby.url("postgres"), "SELECT pg_promote()")?;
    let store = Store::open(&pair.standby.url(&pair.database)).await?;
    assert!(store.outcome(record).await?.is_none(), "it was never replicated");
    assert_eq!(store.resume::<DoorState>(7.into()).await?.version(), 1);
    Ok(())
}
