//! A store never exceeds its number of backends, also if futures of commits are dropped.

use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection as _, PgConnection, PgPool};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tollgate::commit_all_async;
use tollgate_store::{Postgres, Store};

use crate::machines::{AnyReport, DoorState, Failure, Report, ReportState, assert_whole, door, draft, store};

const LIMIT: i64 = 4;
const SUBJECTS: i64 = 4;

/// Returns the number of this store's backends on the server.
async fn backends(watcher: &mut PgConnection) -> Result<i64, Failure> {
    let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bounded'
                 AND datname = current_database()";
    Ok(sqlx::query_scalar(count).fetch_one(watcher).await?)
}

/// The way in which a round moves its reports.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Commit,
    Batching,
    Batch,
    Read,
}

/// Tries to move this report while its row is locked.
async fn try_to_move(store: Store, by: By, id: i64) {
    if by == By::Read {
        let _ = store.resume::<DoorState>(id.into()).await;
        return;
    }
    let Ok(AnyReport::Draft(report)) = store.resume::<ReportState>(Report { id }).await else { return };
    match by {
        By::Batching => drop(report.submit().commit_async(store.batching()).await),
        By::Batch => drop(commit_all_async((report.submit(),), &store).await),
        By::Commit | By::Read => drop(report.submit().commit_async(&store).await),
    }
}

/// Runs commits that a timeout drops while another transaction holds their rows, and then releases the rows.
async fn dropped_by_a_timeout(url: &str, bounded: Store, by: By, rounds: usize) -> Result<(), Failure> {
    let (others, pool) = store(url).await?;
    for id in 0..SUBJECTS {
        draft(&others, &pool, id).await?;
    }
    door(&others, 0).await?;
    bounded.register::<ReportState>().await?;
    bounded.register::<DoorState>().await?;
    let mut watcher = PgConnection::connect(url).await?;
    let mut owner = pool.begin().await?;
    let lock = if by == By::Read { "LOCK TABLE tollgate_record" } else { "SELECT 1 FROM reports FOR UPDATE" };
    sqlx::query(lock).execute(&mut *owner).await?;
    let mut most = 0;
    for _ in 0..rounds {
        let mut round = JoinSet::new();
        for id in 0..SUBJECTS {
            round.spawn(timeout(Duration::from_millis(200), try_to_move(bounded.clone(), by, id)));
        }
        while let Some(done) = round.join_next().await {
            // The row is locked: only the timeout ends the commit.
            assert!(done?.is_err(), "a commit did not wait for the row");
        }
        most = most.max(backends(&mut watcher).await?);
    }
    assert!((1..=LIMIT).contains(&most), "{most} backends");
    owner.rollback().await?;
    // The backends are free, and the connections are usable.
    for id in 0..SUBJECTS {
        match bounded.resume::<ReportState>(Report { id }).await? {
            AnyReport::Draft(report) => drop(report.note().commit_async(&bounded).await),
            AnyReport::Review(report) => drop(report.note().commit_async(&bounded).await),
            _ => panic!("it is in neither of its states"),
        }
    }
    assert!((1..=LIMIT).contains(&backends(&mut watcher).await?));
    assert_whole(&pool).await
}

fn named(url: &str) -> String {
    format!("{url}?application_name=bounded")
}

async fn on_a_pool(url: &str) -> Result<(Store, PgPool), Failure> {
    let pool = PgPoolOptions::new().max_connections(4).connect(&named(url)).await?;
    Ok((Postgres::with_pool(pool.clone()).await?.into(), pool))
}

macro_rules! keep_to_the_limit {
    ($($(#[$attribute:meta])* $name:ident: $by:expr, $rounds:expr;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        $(#[$attribute])*
        async fn $name() -> Result<(), Failure> {
            let url = tollgate_cluster::database("bounded");
            let store = Store::options(&named(&url)).connections(4).open().await?;
            dropped_by_a_timeout(&url, store, $by, $rounds).await
        }
    )*};
}

keep_to_the_limit! {
    #[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
    commits_dropped_behind_a_lock_keep_to_the_limit: By::Commit, 5;
    #[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
    joined_commits_dropped_behind_a_lock_keep_to_the_limit: By::Batching, 5;
    #[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
    batches_dropped_behind_a_lock_keep_to_the_limit: By::Batch, 5;
    #[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
    reads_dropped_behind_a_lock_keep_to_the_limit: By::Read, 5;
    #[ignore = "long: run by .ci/run full"]
    fifty_rounds_of_commits_dropped_behind_a_lock_keep_to_the_limit: By::Commit, 50;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commits_dropped_behind_a_lock_keep_to_the_users_pool() -> Result<(), Failure> {
    let url = tollgate_cluster::database("bounded");
    let (store, _pool) = on_a_pool(&url).await?;
    dropped_by_a_timeout(&url, store, By::Commit, 5).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn store_on_a_pool_uses_connections_of_that_pool_and_returns_them() -> Result<(), Failure> {
    let url = tollgate_cluster::database("bounded");
    let (bounded, pool) = on_a_pool(&url).await?;
    let mut doors = JoinSet::new();
    for id in 0..16 {
        let bounded = bounded.clone();
        doors.spawn(async move {
            let opened = door(&bounded, id).await.map_err(|it| it.to_string())?.open().commit_async(&bounded).await;
            opened.map(drop).map_err(|it| it.to_string())
        });
    }
    // The application's own transactions alternate with the commits.
    for _ in 0..8 {
        let transaction = pool.begin().await?;
        transaction.commit().await?;
    }
    while let Some(done) = doors.join_next().await {
        done??;
    }
    let mut watcher = PgConnection::connect(&url).await?;
    assert!((1..=LIMIT).contains(&backends(&mut watcher).await?));
    assert!(pool.size() <= 4, "the pool counts all of them");
    pool.close().await;
    let refused = bounded.resume::<DoorState>(1.into()).await.expect_err("its pool is closed");
    assert!(matches!(refused, tollgate_store::Error::StoreClosed), "{refused}");
    Ok(())
}
