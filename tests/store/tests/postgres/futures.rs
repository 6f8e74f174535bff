//! The commit of a dropped future is written completely or not at all.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tollgate::{Cause, commit_all_async};
use tollgate_store::{Error, Postgres, Store};

use crate::machines::{AnyDoor, AnyReport, DoorState, Failure, Report, ReportState, assert_whole, door, draft, store};

/// Polls the future this number of times, and then drops it. Returns whether it was ready.
async fn polled(times: usize, future: impl Future) -> bool {
    let mut future = pin!(future);
    for _ in 0..times {
        if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return true;
        }
        // Gives the driver time to receive the answer.
        tokio::time::sleep(std::time::Duration::from_micros(300)).await;
    }
    false
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commit_dropped_at_any_third_point_is_done_or_not_done() -> Result<(), Failure> {
    drops_commits(3).await
}

#[tokio::test]
#[ignore = "long: run by .ci/run full"]
async fn commit_dropped_at_any_point_is_done_or_not_done() -> Result<(), Failure> {
    drops_commits(1).await
}

async fn drops_commits(every: usize) -> Result<(), Failure> {
    let url = tollgate_cluster::database("dropped");
    let (used, pool) = store(&url).await?;
    let mut ready = 0;
    for round in (0..60).step_by(every) {
        // Every other round uses a store with no prepared statements and no registered machines: it has more await points.
        let fresh = Store::options(&url).connections(2).open().await?;
        let store = if round % 2 == 0 { &fresh } else { &used };
        let report = draft(&used, &pool, round).await?;
        let times = usize::try_from(round)? / 2;
        let is_ready = polled(times, report.submit().commit_async(store)).await;
        ready += usize::from(is_ready);
        // A pending commit has ended or is refused: the next one finds one of the two states.
        let report = store.resume::<ReportState>(Report { id: round }).await?;
        assert!(!is_ready || report.version() == 2);
        let moved = match report {
            AnyReport::Draft(report) => report.submit().commit_async(store).await.map(drop),
            AnyReport::Review(report) => {
                report.note().commit_async(store).await?;
                Ok(())
            }
            _ => panic!("it is in neither of its states"),
        };
        if let Err(refused) = moved {
            assert!(matches!(refused.cause(), Cause::Sink(Error::Conflict(_))), "{refused}");
        }
        assert_whole(&pool).await?;
    }
    assert!(ready > 0, "no commit was polled to its end");
    assert!(ready < 60 / every, "no commit was dropped");
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn batch_dropped_at_any_third_point_is_done_or_not_done() -> Result<(), Failure> {
    let (store, pool) = store(&tollgate_cluster::database("dropped")).await?;
    drops_batches(&store, &pool, 3).await
}

#[tokio::test]
#[ignore = "long: run by .ci/run full"]
async fn batch_dropped_at_any_point_is_done_or_not_done() -> Result<(), Failure> {
    let (store, pool) = store(&tollgate_cluster::database("dropped")).await?;
    drops_batches(&store, &pool, 1).await
}

/// Later commits do not run in a transaction that was about to begin.
#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn batch_dropped_at_any_third_point_on_a_users_pool_leaves_no_transaction_open() -> Result<(), Failure> {
    drops_batches_on_a_users_pool(3).await
}

#[tokio::test]
#[ignore = "long: run by .ci/run full"]
async fn batch_dropped_at_any_point_on_a_users_pool_leaves_no_transaction_open() -> Result<(), Failure> {
    drops_batches_on_a_users_pool(1).await
}

async fn drops_batches_on_a_users_pool(every: usize) -> Result<(), Failure> {
    let url = tollgate_cluster::database("dropped");
    let (_, pool) = store(&url).await?;
    let own = PgPoolOptions::new().max_connections(1).connect(&url).await?;
    drops_batches(&Postgres::with_pool(own).await?.into(), &pool, every).await
}

/// Drops a batch after each number of polls, or after every n-th.
async fn drops_batches(store: &Store, pool: &PgPool, every: usize) -> Result<(), Failure> {
    let mut ready = 0;
    for round in (0..60).step_by(every) {
        let (report, door) = (draft(store, pool, round).await?, door(store, round).await?);
        let times = usize::try_from(round)? / 2;
        ready += usize::from(polled(times, commit_all_async((report.submit(), door.open()), store)).await);
        // A pending commit holds the row lock until it has ended.
        sqlx::query("SELECT 1 FROM reports WHERE id = $1 FOR UPDATE").bind(round).execute(pool).await?;
        let report = store.resume::<ReportState>(Report { id: round }).await?;
        let door = store.resume::<DoorState>(round.into()).await?;
        let both = (matches!(report, AnyReport::Review(_)), matches!(door, AnyDoor::Ajar(_)));
        assert_eq!(both.0, both.1, "round {round}");
        assert_whole(pool).await?;
    }
    assert!(ready > 0 && ready < 60 / every, "{ready} of {}", 60 / every);
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commit_in_a_dropped_transaction_is_rolled_back() -> Result<(), Failure> {
    let url = tollgate_cluster::database("dropped");
    let (store, pool) = store(&url).await?;
    for round in 0..20 {
        let report = draft(&store, &pool, round).await?;
        let mut transaction = pool.begin().await?;
        let mut within = store.within(&mut transaction);
        polled(usize::try_from(round)? / 2, report.submit().commit_async(&mut within)).await;
        drop(transaction);
        let report = store.resume::<ReportState>(Report { id: round }).await?;
        assert_eq!(report.version(), 1);
        assert_whole(&pool).await?;
    }
    Ok(())
}
