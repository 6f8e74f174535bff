//! A commit must follow the last committed record: a row that other SQL changed does not replace that record.

use sqlx::PgPool;
use tollgate::{AsyncSink, Cause};
use tollgate_store::{Error, Options, Store};

use crate::machines::{AnyReport, Failure, REPORTS, Report, ReportState, ask, assert_whole, draft};

/// Creates a machine whose last record was rolled back, and a row that other SQL set to the state of that record.
async fn after_a_rollback<S>(set: impl FnOnce(Options) -> Options, sink: impl Fn(&Store) -> S) -> Result<(), Failure>
where
    S: AsyncSink<Error = Error>,
{
    let url = tollgate_cluster::database("committed");
    let store = set(Store::options(&url)).open().await?;
    let pool: PgPool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
    sqlx::query(REPORTS).execute(&pool).await?;
    let report = draft(&store, &pool, 7).await?;
    let mut transaction = pool.begin().await?;
    let report = report.submit().commit_async(store.within(&mut transaction)).await?;
    transaction.rollback().await?;
    sqlx::query("UPDATE reports SET state = 'Review', version = 2").execute(&pool).await?;

    let refused = report.note().commit_async(sink(&store)).await.expect_err("what it follows was never committed");
    let Cause::Sink(Error::Conflict(_) | Error::Disagreement(_)) = refused.cause() else { panic!("{refused}") };
    assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_record").await?.as_deref(), Some("1"));

    sqlx::query("UPDATE reports SET state = 'Draft', version = 1").execute(&pool).await?;
    let AnyReport::Draft(report) = store.resume::<ReportState>(Report { id: 7 }).await? else { panic!("a draft") };
    report.submit().commit_async(sink(&store)).await?.note().commit_async(sink(&store)).await?;
    assert_eq!(ask(&pool, "SELECT max(version) FROM tollgate_record").await?.as_deref(), Some("3"));
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commit_after_a_record_that_was_rolled_back_is_refused() -> Result<(), Failure> {
    after_a_rollback(|options| options, Store::clone).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commit_after_a_record_that_was_rolled_back_is_refused_without_the_chain() -> Result<(), Failure> {
    after_a_rollback(Options::without_chain, Store::clone).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn joined_commit_after_a_record_that_was_rolled_back_is_refused() -> Result<(), Failure> {
    after_a_rollback(|options| options, Store::batching).await?;
    after_a_rollback(Options::without_chain, Store::batching).await
}

/// The row has the version that another store committed.
#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commit_after_a_record_that_is_not_the_last_is_a_conflict() -> Result<(), Failure> {
    let url = tollgate_cluster::database("committed");
    let (store, pool) = crate::machines::store(&url).await?;
    let stale = draft(&store, &pool, 7).await?;
    let other = Store::open(&url).await?;
    let AnyReport::Draft(report) = other.resume::<ReportState>(Report { id: 7 }).await? else { panic!("a draft") };
    report.note().commit_async(&other).await?;

    let refused = stale.submit().commit_async(&store).await.expect_err("somebody was first");
    let Cause::Sink(Error::Conflict(conflict)) = refused.cause() else { panic!("{refused}") };
    assert_eq!((conflict.expected.version, conflict.found.version), (1, 2));
    // Resetting the row does not help: that version is already on record.
    sqlx::query("UPDATE reports SET version = 1").execute(&pool).await?;
    refused.into_step().commit_async(&store).await.expect_err("the version is taken");
    sqlx::query("UPDATE reports SET version = 2").execute(&pool).await?;
    assert_whole(&pool).await
}
