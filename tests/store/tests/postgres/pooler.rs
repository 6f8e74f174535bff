//! The store behind `PgBouncer` in transaction mode, which lends each connection of the server for one transaction.

use std::str::FromStr as _;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::task::JoinSet;
use tollgate::{Cause, commit_all_async};
use tollgate_store::{Error, Options, Postgres, Store};

use crate::machines::{
    AnyDoor, AnyReport, DoorMachine, DoorState, Failure, REPORTS, Report, ReportMachine, ReportState, ReportTransition,
    assert_whole,
};

/// A server, `PgBouncer` with two connections to it, and a pool that goes to the server directly.
struct Behind {
    _cluster: tollgate_cluster::Cluster,
    url: String,
    direct: PgPool,
}

async fn behind() -> Result<Behind, Failure> {
    let cluster = tollgate_cluster::own(&[]);
    let port = tollgate_cluster::pgbouncer(&cluster, 2);
    let direct = cluster.fresh_database("pooler")?;
    let url = direct.replace(&format!(":{}/", cluster.port()), &format!(":{port}/"));
    let direct = PgPoolOptions::new().max_connections(2).connect(&direct).await?;
    sqlx::query(REPORTS).execute(&direct).await?;
    Ok(Behind { _cluster: cluster, url, direct })
}

/// Moves a report and a door with each kind of commit, and reads both.
async fn moves_all(store: &Store, direct: &PgPool, id: i64, by_batching: bool) -> Result<(), Failure> {
    sqlx::query("INSERT INTO reports (id) VALUES ($1)").bind(id).execute(direct).await?;
    let batching = store.batching();
    let report = if by_batching {
        ReportMachine::create(Report { id }).commit_async(&batching).await?.submit().commit_async(&batching).await?
    } else {
        ReportMachine::create(Report { id }).commit_async(store).await?.submit().commit_async(store).await?
    };
    let door = DoorMachine::create(id).commit_async(store).await?;
    let (report, door) = commit_all_async((report.reject().by("ann").because("too long"), door.open()), store).await?;
    let mut step = report.submit();
    let record = step.record_id();
    step.commit_async(store).await?;
    assert!(store.outcome(record).await?.is_some());
    let AnyReport::Review(report) = store.resume::<ReportState>(Report { id }).await? else { panic!("a review") };
    // One record that the database refuses, and one that is stale.
    let stale = store.resume::<DoorState>(id.into()).await?;
    door.shut().commit_async(store).await?;
    let AnyDoor::Ajar(stale) = stale else { panic!("it was ajar") };
    let refused = stale.shut().commit_async(store).await.expect_err("another commit was first");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Conflict(_))), "{refused}");
    // A refusal is recorded too.
    let Ok(step) = AnyReport::Review(report).fire(ReportTransition::Reject) else { panic!("an edge allows it") };
    let refused = step.commit_async(store).await.expect_err("it has no actor");
    assert!(matches!(refused.cause(), Cause::Requirement(_)), "{refused}");
    assert_eq!(store.history::<ReportState>(id).count().await?, 4);
    Ok(())
}

/// Runs more tasks than the pooler has connections: a statement may be parsed and executed on different ones.
async fn many_move(store: &Store, direct: &PgPool) -> Result<(), Failure> {
    let mut tasks = JoinSet::new();
    for task in 0..12_i64 {
        let (store, direct) = (store.clone(), direct.clone());
        tasks.spawn(async move {
            for round in 0..4 {
                moves_all(&store, &direct, task * 100 + round, round % 2 == 1).await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    assert_whole(direct).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_pgbouncer, ignore = "needs PgBouncer and a Postgres server: see CONTRIBUTING.md")]
async fn store_behind_a_pooler_commits_and_reads_from_many_tasks() -> Result<(), Failure> {
    let behind = behind().await?;
    let store = Store::options(&behind.url).transaction_pooling().connections(8).machine::<ReportState>();
    let store = store.insert_only_role("clerk").open().await?;
    many_move(&store, &behind.direct).await?;
    let named =
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database()";
    let backends: i64 = sqlx::query_scalar(named).fetch_one(&behind.direct).await?;
    assert!(backends <= 4, "two of the pooler, and two of this test: {backends}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_pgbouncer, ignore = "needs PgBouncer and a Postgres server: see CONTRIBUTING.md")]
async fn store_on_a_users_pool_behind_a_pooler_commits_within_a_transaction() -> Result<(), Failure> {
    let behind = behind().await?;
    let options = PgConnectOptions::from_str(&behind.url)?.extra_float_digits(None);
    let pool = PgPoolOptions::new().max_connections(8).connect_with(options).await?;
    let store = Store::from(Postgres::with_pooler(pool.clone()).await?);
    many_move(&store, &behind.direct).await?;
    for id in 5_000..5_020 {
        let mut transaction = pool.begin().await?;
        let door = DoorMachine::create(id).commit_async(store.within(&mut transaction)).await?;
        door.open().commit_async(store.within(&mut transaction)).await?;
        if id % 2 == 0 {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        let found = store.resume::<DoorState>(id.into()).await;
        assert_eq!(found.is_ok(), id % 2 == 0, "door {id}");
    }
    assert_whole(&behind.direct).await
}

/// Shows that the option is necessary: two stores use the same statement name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_pgbouncer, ignore = "needs PgBouncer and a Postgres server: see CONTRIBUTING.md")]
async fn store_behind_a_pooler_without_the_option_fails_or_is_refused() -> Result<(), Failure> {
    let behind = behind().await?;
    let refused = Store::open(&behind.url).await.expect_err("PgBouncer refuses a setting of the driver");
    assert!(refused.to_string().contains("extra_float_digits"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn transaction_pooling_on_sqlite_is_refused() {
    let refused = Options::open(Store::options("sqlite::memory:").transaction_pooling()).await;
    let refused = refused.expect_err("SQLite has no connections to a server");
    assert!(matches!(refused, Error::Option { option: "transaction_pooling", .. }), "{refused}");
}
