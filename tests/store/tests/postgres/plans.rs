//! Statements that are planned for few records stay efficient with many.

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgPool, Row as _};
use tollgate_store::{Options, Store};

use crate::machines::{AnyReport, DoorMachine, Failure, Report, ReportState, ask, assert_whole, door, draft, store};

/// Returns the number of full scans of the record table, after this number of records was inserted.
async fn scans(pool: &PgPool, records: i64) -> Result<i64, Failure> {
    for _ in 0..200 {
        let sql = "SELECT n_tup_ins, seq_scan FROM pg_stat_user_tables WHERE relname = 'tollgate_record'";
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(pool).await?;
        if row.try_get::<i64, _>(0)? == records {
            return Ok(row.try_get(1)?);
        }
        // A backend reports its statistics when it ends.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("the server did not count {records} records").into())
}

async fn work(store: &Store, pool: &PgPool) -> Result<(), Failure> {
    let mut shut = door(store, 100).await?;
    let mut report = draft(store, pool, 100).await?;
    for _ in 0..10 {
        shut = shut.knock().commit_async(store).await?;
        report.note().commit_async(store).await?;
        let AnyReport::Draft(read) = store.resume::<ReportState>(Report { id: 100 }).await? else {
            panic!("a draft");
        };
        report = read;
    }
    let batching = store.batching();
    for _ in 0..10 {
        shut = shut.knock().commit_async(&batching).await?;
        report = report.note().commit_async(&batching).await?;
    }
    for id in 101..111 {
        draft(store, pool, id).await?;
        DoorMachine::create(id).commit_async(&batching).await?;
    }
    Ok(())
}

async fn among_few(set: impl FnOnce(Options) -> Options) -> Result<(), Failure> {
    let url = tollgate_cluster::database("plans");
    let (filling, first) = store(&url).await?;
    let pool = PgPool::connect(&url).await?;
    for id in 0..32 {
        draft(&filling, &pool, id).await?;
        door(&filling, id).await?;
    }
    drop((filling, first));
    sqlx::query("ANALYZE").execute(&pool).await?;
    let before = scans(&pool, 64).await?;
    let opened = set(Store::options(&url).connections(2)).open().await?;
    work(&opened, &pool).await?;
    drop(opened);
    assert_eq!(scans(&pool, 64 + 2 * (1 + 20 + 10)).await?, before);
    assert_eq!(ask(&pool, "SELECT max(version) FROM tollgate_record").await?.as_deref(), Some("21"));
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commit_planned_among_few_records_does_not_scan_many() -> Result<(), Failure> {
    among_few(|options| options).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commit_without_chain_planned_among_few_does_not_scan_many() -> Result<(), Failure> {
    among_few(Options::without_chain).await
}
