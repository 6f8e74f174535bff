//! All writes in a transaction of the caller commit or roll back together.

use sqlx::Connection as _;
use tollgate::observer::Buffer;
use tollgate::{AsyncBatchSink as _, AsyncSink as _, Cause, Record, commit_all_async};
use tollgate_store::{Error, Store};

use crate::machines::{
    AnyReport, DoorMachine, DoorState, Failure, Report, ReportMachine, ReportState, ask, assert_whole, door, draft,
    store,
};

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn rollback_notifies_no_observer_and_leaves_the_machine_stale() -> Result<(), Failure> {
    let url = tollgate_cluster::database("transactions");
    let (store, pool) = store(&url).await?;
    let report = draft(&store, &pool, 7).await?;
    let mut told = 0;
    let mut buffer = Buffer::new();
    let mut transaction = pool.begin().await?;
    let report = report.submit().commit_async(store.within(&mut transaction).observed_by(&mut buffer)).await?;
    assert_eq!(buffer.records().len(), 1);
    transaction.rollback().await?;
    drop(buffer);
    // The machine is in a state that was rolled back: its next commit conflicts.
    let refused = report.note().commit_async(&store).await.expect_err("it never was");
    let Cause::Sink(Error::Conflict(conflict)) = refused.cause() else { panic!("{refused}") };
    assert_eq!((conflict.expected.version, conflict.found.version), (2, 1));

    let AnyReport::Draft(report) = store.resume::<ReportState>(Report { id: 7 }).await? else { panic!("a draft") };
    let mut buffer = Buffer::new();
    let mut transaction = pool.begin().await?;
    report.submit().commit_async(store.within(&mut transaction).observed_by(&mut buffer)).await?;
    transaction.commit().await?;
    buffer.deliver(&mut |_: &Record| told += 1);
    assert_eq!(told, 1);
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn rolled_back_savepoint_removes_only_its_commits() -> Result<(), Failure> {
    let url = tollgate_cluster::database("transactions");
    let (store, pool) = store(&url).await?;
    let (report, shut) = (draft(&store, &pool, 7).await?, door(&store, 7).await?);
    let mut transaction = pool.begin().await?;
    report.submit().commit_async(&mut store.within(&mut transaction)).await?;
    let mut savepoint = transaction.begin().await?;
    shut.open().commit_async(&mut store.within(&mut savepoint)).await?;
    savepoint.rollback().await?;
    transaction.commit().await?;
    assert_eq!(store.resume::<ReportState>(Report { id: 7 }).await?.version(), 2);
    assert_eq!(store.resume::<DoorState>(7.into()).await?.version(), 1);
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn machine_registered_during_a_transaction_is_usable_in_it() -> Result<(), Failure> {
    let url = tollgate_cluster::database("transactions");
    let (store, pool) = store(&url).await?;
    let unchained = Store::options(&url).without_chain().open().await?;
    let report = draft(&store, &pool, 7).await?;
    let mut transaction = pool.begin().await?;
    // From here on the session has the edges of reports in its cache.
    report.submit().commit_async(&mut store.within(&mut transaction)).await?;
    let shut = DoorMachine::create(7).commit_async(&mut unchained.within(&mut transaction)).await?;
    shut.open().commit_async(&mut unchained.within(&mut transaction)).await?;
    transaction.commit().await?;
    assert_eq!(store.resume::<DoorState>(7.into()).await?.version(), 2);
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn transaction_with_other_tables_is_refused_and_not_cached() -> Result<(), Failure> {
    let url = tollgate_cluster::database("transactions");
    let other = tollgate_cluster::database("elsewhere");
    let (store, pool) = store(&url).await?;
    let elsewhere = tollgate_store::Store::open(&other).await?;
    DoorMachine::create(1).commit_async(&elsewhere).await?;
    let mut foreign = sqlx::PgConnection::connect(&other).await?;
    let mut transaction = foreign.begin().await?;
    let refused = DoorMachine::create(7).commit_async(store.within(&mut transaction)).await.expect_err("it is another");
    assert!(matches!(refused.cause(), Cause::Sink(Error::OtherDatabase { .. })), "{refused}");
    transaction.rollback().await?;
    // The same holds for a schema outside the store's search path.
    let mut transaction = pool.begin().await?;
    sqlx::raw_sql("CREATE TEMP TABLE tollgate_record (LIKE tollgate_record)").execute(&mut *transaction).await?;
    let refused = refused.into_step().commit_async(store.within(&mut transaction)).await.expect_err("it is another");
    assert!(matches!(refused.cause(), Cause::Sink(Error::OtherDatabase { .. })), "{refused}");
    transaction.rollback().await?;
    refused.into_step().commit_async(&store).await?;
    assert_eq!(store.resume::<DoorState>(7.into()).await?.version(), 1);
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn second_concurrent_creation_in_a_transaction_returns_conflict() -> Result<(), Failure> {
    let url = tollgate_cluster::database("transactions");
    let (store, pool) = store(&url).await?;
    draft(&store, &pool, 7).await?;
    sqlx::query("INSERT INTO reports (id) VALUES (8)").execute(&pool).await?;
    let (mut first, mut second) = (pool.begin().await?, pool.begin().await?);
    let create = || ReportMachine::create(Report { id: 8 });
    create().commit_async(store.within(&mut first)).await?;
    let waiting = store.clone();
    let waiting = tokio::spawn(async move {
        let lost = create().commit_async(waiting.within(&mut second)).await.err();
        lost.map(tollgate::CommitError::into_cause)
    });
    // The commit waits for the row lock of the first one.
    while ask(&pool, "SELECT count(*) FROM pg_locks WHERE NOT granted").await?.as_deref() == Some("0") {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    first.commit().await?;
    let Some(Cause::Sink(Error::Conflict(conflict))) = waiting.await? else { panic!("of two one is first") };
    assert_eq!((conflict.expected.version, conflict.found.version), (0, 1));
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn batch_in_a_transaction_with_a_refused_step_writes_nothing() -> Result<(), Failure> {
    let url = tollgate_cluster::database("transactions");
    let (store, pool) = store(&url).await?;
    let (report, shut) = (draft(&store, &pool, 7).await?, door(&store, 7).await?);
    door(&store, 8).await?;
    let mut transaction = pool.begin().await?;
    let steps = (report.submit(), DoorMachine::create(8));
    let refused = commit_all_async(steps, &mut store.within(&mut transaction)).await.expect_err("door 8 is there");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Conflict(_))), "{refused}");
    // The transaction stays usable, and so do the steps that were not at fault.
    let (submit, _) = refused.into_step();
    commit_all_async((submit, shut.open()), &mut store.within(&mut transaction)).await?;
    store.within(&mut transaction).on_success_all(&[]).await?;
    transaction.commit().await?;
    assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_record").await?.as_deref(), Some("5"));
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn batch_that_was_partly_written_writes_the_rest() -> Result<(), Failure> {
    let url = tollgate_cluster::database("transactions");
    let (store, pool) = store(&url).await?;
    store.register::<DoorState>().await?;
    let mut records: Vec<Record> = Vec::new();
    for id in 1..=4 {
        DoorMachine::create(id).commit(&mut records)?;
    }
    (&store).on_success(&records[1]).await?;
    (&store).on_success_all(&records[..3]).await?;
    let mut transaction = pool.begin().await?;
    store.within(&mut transaction).on_success_all(&records).await?;
    transaction.commit().await?;
    assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_record").await?.as_deref(), Some("4"));
    assert_whole(&pool).await
}
