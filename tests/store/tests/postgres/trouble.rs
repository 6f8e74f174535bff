//! A slow, full or busy server: nothing is partly written, and the error names the cause.

use std::time::Duration;

use tollgate::{Cause, commit_all_async};
use tollgate_store::{Error, Store};

use crate::machines::{Failure, REPORTS, Report, ReportState, ask, assert_whole, door, draft, store};

/// Returns the SQLSTATE of the driver's error.
fn code(error: &Error) -> Option<String> {
    let Error::Database { cause, .. } = error else { return None };
    let driver = cause.downcast_ref::<sqlx::Error>()?;
    Some(driver.as_database_error()?.code()?.into_owned())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commit_without_a_free_connection_is_refused_and_sends_nothing() -> Result<(), Failure> {
    let url = tollgate_cluster::database("exhausted");
    let (others, pool) = store(&url).await?;
    let report = draft(&others, &pool, 7).await?;
    let timeout = Duration::from_millis(200);
    let store = Store::options(&url).connections(1).timeout(timeout).machine::<ReportState>().open().await?;
    let door = door(&others, 1).await?;
    store.register::<crate::machines::DoorState>().await?;
    let mut holder = pool.begin().await?;
    sqlx::query("UPDATE reports SET title = 'mine'").execute(&mut *holder).await?;
    let waits = {
        let store = store.clone();
        tokio::spawn(async move { report.submit().commit_async(&store).await.map(drop).map_err(|it| it.to_string()) })
    };
    until_waiting(&pool, 1).await?;
    let refused = door.open().commit_async(&store).await.expect_err("there is no connection");
    let Cause::Sink(Error::Database { cause, .. }) = refused.cause() else { panic!("{refused}") };
    assert!(matches!(cause.downcast_ref(), Some(sqlx::Error::PoolTimedOut)), "{cause}");
    holder.commit().await?;
    waits.await??;
    assert_eq!(refused.into_step().commit_async(&store).await?.version(), 2);
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn store_uses_its_own_connections_and_keeps_their_limit() -> Result<(), Failure> {
    let url = tollgate_cluster::database("exhausted");
    let store = Store::options(&url).connections(2).open().await?;
    let pool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
    let held = (pool.acquire().await?, pool.acquire().await?);
    let mut doors = tokio::task::JoinSet::new();
    for id in 0..16 {
        let store = store.clone();
        doors.spawn(async move {
            let opened = door(&store, id).await.map_err(|it| it.to_string())?.open().commit_async(&store).await;
            opened.map(drop).map_err(|it| it.to_string())
        });
    }
    while let Some(done) = doors.join_next().await {
        done??;
    }
    drop(held);
    let mut raw = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await?;
    let count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut sessions = async || sqlx::query_scalar::<_, i64>(count).fetch_one(&mut raw).await;
    assert_eq!(sessions().await?, 4, "two of the user's, and two of the store's");
    pool.close().await;
    drop(store);
    while sessions().await? != 0 {
        // The server reports the session with a delay.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn registered_machine_commits_in_the_only_connection_of_a_pool() -> Result<(), Failure> {
    let url = tollgate_cluster::database("exhausted");
    let machines = Store::options(&url).machine::<crate::machines::DoorState>().open().await?;
    drop(machines);
    // This program has not used the machine yet, and has no second connection to look it up.
    let store = Store::options(&url).connections(1).timeout(Duration::from_millis(200)).open().await?;
    let pool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
    let mut transaction = pool.begin().await?;
    let door = crate::machines::DoorMachine::create(1).commit_async(&mut store.within(&mut transaction)).await?;
    let (door,) = commit_all_async((door.open(),), &mut store.within(&mut transaction)).await?;
    transaction.commit().await?;
    assert_eq!(door.version(), 2);
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn a_statement_that_timed_out_wrote_nothing() -> Result<(), Failure> {
    let url = tollgate_cluster::database("timeout");
    let (store, pool) = store(&url).await?;
    let report = draft(&store, &pool, 7).await?;
    let mut holder = pool.begin().await?;
    sqlx::query("UPDATE reports SET title = 'mine'").execute(&mut *holder).await?;
    let hasty = Store::open(&format!("{url}?options=-c%20statement_timeout=100")).await?;
    let refused = report.submit().commit_async(&hasty).await.expect_err("the row is held");
    let Cause::Sink(error) = refused.cause() else { panic!("{refused}") };
    assert_eq!(code(error).as_deref(), Some("57014"), "{error}");
    holder.commit().await?;
    assert_whole(&pool).await?;
    assert_eq!(refused.into_step().commit_async(&hasty).await?.version(), 2);
    assert_whole(&pool).await
}

/// Waits until so many sessions of this database wait for a lock.
async fn until_waiting(pool: &sqlx::PgPool, count: usize) -> Result<(), Failure> {
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while ask(pool, waiting).await? != Some(count.to_string()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn a_batch_that_was_the_victim_of_a_deadlock_is_tried_again() -> Result<(), Failure> {
    let url = tollgate_cluster::database("deadlock");
    let (store, pool) = store(&url).await?;
    let (one, two, three) =
        (draft(&store, &pool, 1).await?, draft(&store, &pool, 2).await?, draft(&store, &pool, 3).await?);
    let store = Store::open(&format!("{url}?options=-c%20deadlock_timeout=50ms")).await?;
    let mut gate = pool.begin().await?;
    sqlx::query("UPDATE reports SET title = 'mine' WHERE id = 2").execute(&mut *gate).await?;
    let mut user = pool.begin().await?;
    // Postgres cancels the session that detects the deadlock, so the application's session must never be the first.
    sqlx::query("SET LOCAL deadlock_timeout = '1h'").execute(&mut *user).await?;
    sqlx::query("UPDATE reports SET title = 'mine' WHERE id = 3").execute(&mut *user).await?;
    let batch = tokio::spawn(async move {
        let all = commit_all_async((one.submit(), two.submit(), three.submit()), &store).await;
        all.map(drop).map_err(|refused| refused.to_string())
    });
    until_waiting(&pool, 1).await?;
    // The batch holds the first row. The application waits for it, and holds the third.
    let user = tokio::spawn(async move {
        sqlx::query("UPDATE reports SET title = 'mine' WHERE id = 1").execute(&mut *user).await?;
        user.commit().await
    });
    until_waiting(&pool, 2).await?;
    gate.commit().await?;
    batch.await??;
    user.await??;
    let both = "SELECT count(*) FROM reports WHERE title = 'mine' AND version = 2";
    assert_eq!(ask(&pool, both).await?.as_deref(), Some("3"));
    let deadlocks = "SELECT deadlocks > 0 FROM pg_stat_database WHERE datname = current_database()";
    while ask(&pool, deadlocks).await?.as_deref() != Some("true") {
        // The server updates its statistics with a delay.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_whole(&pool).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commits_that_cannot_be_serialized_are_tried_again() -> Result<(), Failure> {
    let url = tollgate_cluster::database("serialize");
    let (_, pool) = store(&url).await?;
    let strict = format!("{url}?options=-c%20default_transaction_isolation=serializable");
    let store = Store::options(&strict).connections(8).open().await?;
    let report = draft(&store, &pool, 7).await?;
    // Another transaction changes the row while the commit waits for it, so the commit's snapshot is stale.
    let mut user = pool.begin().await?;
    sqlx::query("UPDATE reports SET title = 'mine'").execute(&mut *user).await?;
    let commit = {
        let store = store.clone();
        tokio::spawn(async move { report.submit().commit_async(&store).await.map(drop).map_err(|it| it.to_string()) })
    };
    until_waiting(&pool, 1).await?;
    user.commit().await?;
    commit.await??;
    assert_eq!(ask(&pool, "SELECT (state, version, title) FROM reports").await?.as_deref(), Some("(Review,2,mine)"));
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn in_a_users_transaction_a_serialization_failure_is_an_error() -> Result<(), Failure> {
    let url = tollgate_cluster::database("serialize");
    let (store, pool) = store(&url).await?;
    let report = draft(&store, &pool, 7).await?;
    let mut user = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await?;
    sqlx::query("SELECT 1 FROM reports").execute(&mut *user).await?;
    sqlx::query("UPDATE reports SET title = 'mine'").execute(&pool).await?;
    let refused =
        report.submit().commit_async(&mut store.within(&mut user)).await.expect_err("its snapshot is too old");
    let Cause::Sink(error) = refused.cause() else { panic!("{refused}") };
    assert_eq!(code(error).as_deref(), Some("40001"), "{error}");
    user.rollback().await?;
    assert_eq!(refused.into_step().commit_async(&store).await?.version(), 2);
    assert_whole(&pool).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
async fn a_commit_waits_for_a_server_that_is_paused() -> Result<(), Failure> {
    let cluster = tollgate_cluster::own(&[]);
    let url = cluster.fresh_database("paused")?;
    let store = Store::open(&url).await?;
    let pool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
    sqlx::query(REPORTS).execute(&pool).await?;
    let (one, two) = (draft(&store, &pool, 1).await?, draft(&store, &pool, 2).await?);
    cluster.pause()?;
    let commit = {
        let store = store.clone();
        tokio::spawn(async move { one.submit().commit_async(&store).await.map(drop).map_err(|it| it.to_string()) })
    };
    // A caller stops waiting: its record is written or not, and nothing else changes.
    let dropped = tokio::time::timeout(Duration::from_millis(100), two.submit().commit_async(&store)).await;
    assert!(dropped.is_err(), "a paused server answered");
    cluster.resume()?;
    commit.await??;
    let two = store.resume::<ReportState>(Report { id: 2 }).await?;
    assert!(two.version() <= 2);
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn value_that_postgres_cannot_store_is_refused_by_name() -> Result<(), Failure> {
    let url = tollgate_cluster::database("nul");
    let (store, pool) = store(&url).await?;
    let report = draft(&store, &pool, 7).await?;
    let mut user = pool.begin().await?;
    let refused =
        report.submit().because("a\0b").commit_async(&mut store.within(&mut user)).await.expect_err("it holds NUL");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Unstorable { .. })), "{refused}");
    assert!(refused.cause().to_string().contains("its reason contains the character NUL"), "{refused}");
    let refused = refused.into_machine().submit().with("note", "a\0b").commit_async(&mut store.within(&mut user)).await;
    let refused = refused.expect_err("it holds NUL in JSON");
    assert!(refused.cause().to_string().contains("its context contains the character NUL"), "{refused}");
    let report = refused.into_machine().submit().commit_async(&mut store.within(&mut user)).await?;
    user.commit().await?;
    let report = report.note().by("ann\u{1f525}").commit_async(&store.batching()).await?;
    let refused = report.note().by("\0").commit_async(&store.batching()).await.expect_err("it holds NUL");
    assert!(refused.cause().to_string().contains("its actor contains"), "{refused}");
    assert_whole(&pool).await
}
