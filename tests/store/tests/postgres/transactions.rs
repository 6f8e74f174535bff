//! In a transaction of the user's, all that was done in it commits or rolls back together.

use sqlx::Connection as _;
use tollgate::observer::Buffer;
use tollgate::{AsyncBatchSink as _, AsyncSink as _, Cause, Record, commit_all_async};
use tollgate_store::Error;

use crate::machines::{
    AnyReport, DoorMachine, DoorState, Failure, Report, ReportState, ask, assert_whole, door, draft, store,
};

#[tokio::test]
async fn after_a_rollback_nobody_is_told_and_the_machine_is_behind() -> Result<(), Failure> {
    let Some(url) = tollgate_cluster::database("transactions") else { return Ok(()) };
    let (store, pool) = store(&url).await?;
    let report = draft(&store, &pool, 7).await?;
    let mut told = 0;
    let mut buffer = Buffer::new();
    let mut transaction = pool.begin().await?;
    let report = report.submit().commit_async(store.within(&mut transaction).observed_by(&mut buffer)).await?;
    assert_eq!(buffer.records().len(), 1);
    transaction.rollback().await?;
    drop(buffer);
    // It is in a state that never was: its next commit meets a conflict.
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
async fn a_savepoint_that_is_rolled_back_takes_its_commits_with_it_and_no_others() -> Result<(), Failure> {
    let Some(url) = tollgate_cluster::database("transactions") else { return Ok(()) };
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
async fn of_a_batch_within_a_transaction_nothing_stays_where_one_is_refused() -> Result<(), Failure> {
    let Some(url) = tollgate_cluster::database("transactions") else { return Ok(()) };
    let (store, pool) = store(&url).await?;
    let (report, shut) = (draft(&store, &pool, 7).await?, door(&store, 7).await?);
    door(&store, 8).await?;
    let mut transaction = pool.begin().await?;
    let steps = (report.submit(), DoorMachine::create(8));
    let refused = commit_all_async(steps, &mut store.within(&mut transaction)).await.expect_err("door 8 is there");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Conflict(_))), "{refused}");
    // The transaction goes on, and so do the steps that were not at fault.
    let (submit, _) = refused.into_step();
    commit_all_async((submit, shut.open()), &mut store.within(&mut transaction)).await?;
    store.within(&mut transaction).on_success_all(&[]).await?;
    transaction.commit().await?;
    assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_record").await?.as_deref(), Some("5"));
    assert_whole(&pool).await
}

#[tokio::test]
async fn a_batch_that_was_written_before_in_part_is_written_in_the_rest() -> Result<(), Failure> {
    let Some(url) = tollgate_cluster::database("transactions") else { return Ok(()) };
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
