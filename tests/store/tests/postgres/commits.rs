//! A commit writes the row and the record, or neither.

use tollgate::Cause;
use tollgate_store::Error;

use crate::machines::{AnyReport, DoorState, Failure, Report, ReportState, ask, assert_whole, door, draft, store};

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn a_commit_moves_the_row_and_writes_the_record() -> Result<(), Failure> {
    let url = tollgate_cluster::database("commits");
    let (store, pool) = store(&url).await?;
    let report = draft(&store, &pool, 7).await?.submit().commit_async(&store).await?;
    let report = report.approve().by("ann").with("ip", "192.0.2.1").commit_async(&store).await?;
    assert_eq!(report.version(), 3);
    assert_eq!(ask(&pool, "SELECT (state, version) FROM reports").await?.as_deref(), Some("(Published,3)"));
    let AnyReport::Published(report) = store.resume::<ReportState>(Report { id: 7 }).await? else {
        panic!("it was published");
    };
    report.archive().commit_async(&store).await?;
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn machine_without_table_is_read_from_its_history_alone() -> Result<(), Failure> {
    let url = tollgate_cluster::database("commits");
    let (store, pool) = store(&url).await?;
    door(&store, 1).await?.open().commit_async(&store).await?.knock().commit_async(&store).await?;
    let door = store.resume::<DoorState>(1.into()).await?;
    assert_eq!((door.state().name, door.version()), ("Ajar", 3));
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn second_commit_on_one_subject_returns_conflict() -> Result<(), Failure> {
    let url = tollgate_cluster::database("commits");
    let (store, pool) = store(&url).await?;
    let one = draft(&store, &pool, 7).await?;
    let AnyReport::Draft(other) = store.resume::<ReportState>(Report { id: 7 }).await? else { panic!("a draft") };
    one.submit().commit_async(&store).await?;
    let refused = other.archive().commit_async(&store).await.expect_err("somebody was first");
    let Cause::Sink(Error::Conflict(conflict)) = refused.cause() else { panic!("{refused}") };
    assert_eq!((conflict.expected.version, conflict.found.version), (1, 2));
    assert_eq!(conflict.found.state.as_deref(), Some("Review"));
    assert!(conflict.since.is_some());
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commit_in_a_transaction_of_the_caller_ends_with_it() -> Result<(), Failure> {
    let url = tollgate_cluster::database("commits");
    let (store, pool) = store(&url).await?;
    let report = draft(&store, &pool, 7).await?;
    let mut transaction = pool.begin().await?;
    report.submit().commit_async(&mut store.within(&mut transaction)).await?;
    transaction.rollback().await?;
    let AnyReport::Draft(report) = store.resume::<ReportState>(Report { id: 7 }).await? else { panic!("a draft") };
    let mut transaction = pool.begin().await?;
    sqlx::query("UPDATE reports SET title = 'trees'").execute(&mut *transaction).await?;
    report.submit().commit_async(&mut store.within(&mut transaction)).await?;
    transaction.commit().await?;
    assert_eq!(ask(&pool, "SELECT (state, title) FROM reports").await?.as_deref(), Some("(Review,trees)"));
    assert_whole(&pool).await
}
