//! If the connection is lost, a record is written once or not at all, and its caller gets the true outcome.

use std::time::Duration;

use tollgate::{Cause, commit_all_async};
use tollgate_store::{Error, Store};

use crate::machines::{Failure, REPORTS, Report, ReportMachine, ask, assert_whole, door, draft, store};
use crate::proxy::{Cut, Proxy};

/// A part of each record of this test, by which the proxy finds the statement.
const MARK: &str = "cut-me-here";

async fn behind(proxy: &Proxy) -> Result<(Store, sqlx::PgPool), Failure> {
    let store = Store::options(&proxy.url).connections(2).timeout(Duration::from_secs(10)).open().await?;
    let pool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
    sqlx::query(REPORTS).execute(&pool).await?;
    Ok((store, pool))
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn record_with_lost_answer_is_written_once_and_its_commit_succeeds() -> Result<(), Failure> {
    for cut in [Cut::Before, Cut::After] {
        let url = tollgate_cluster::database("outcomes");
        let proxy = Proxy::before(&url).await?;
        let (store, pool) = behind(&proxy).await?;
        let report = draft(&store, &pool, 7).await?;
        // This commit prepares the statement, so the proxy does not cut its preparation.
        let report = report.note().commit_async(&store).await?;
        proxy.cut_at(cut, MARK.as_bytes());
        let report = report.submit().because(MARK).commit_async(&store).await?;
        assert_eq!((report.version(), proxy.cuts()), (3, 1), "{cut:?}");
        let door = door(&store, 1).await?.knock().commit_async(&store).await?;
        proxy.cut_at(cut, MARK.as_bytes());
        let door = door.open().because(MARK).commit_async(&store).await?;
        assert_eq!((door.version(), proxy.cuts()), (3, 2), "{cut:?}");
        let count = format!("SELECT count(*) FROM tollgate_record WHERE reason = '{MARK}'");
        assert_eq!(ask(&pool, &count).await?.as_deref(), Some("2"), "{cut:?}");
        assert_whole(&pool).await?;
    }
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn a_batch_whose_commit_was_lost_is_there_once() -> Result<(), Failure> {
    for cut in [Cut::Before, Cut::After] {
        let url = tollgate_cluster::database("outcomes");
        let proxy = Proxy::before(&url).await?;
        let (store, pool) = behind(&proxy).await?;
        let (report, door) = (draft(&store, &pool, 7).await?, door(&store, 7).await?);
        let (report, door) = commit_all_async((report.note(), door.knock()), &store).await?;
        proxy.cut_at(cut, b"COMMIT");
        let (report, door) = commit_all_async((report.submit(), door.open()), &store).await?;
        assert_eq!((report.version(), door.version(), proxy.cuts()), (3, 3, 1), "{cut:?}");
        assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_record").await?.as_deref(), Some("6"), "{cut:?}");
        assert_whole(&pool).await?;
    }
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn a_joined_batch_whose_answer_was_lost_is_there_once() -> Result<(), Failure> {
    for cut in [Cut::Before, Cut::After] {
        let url = tollgate_cluster::database("outcomes");
        let proxy = Proxy::before(&url).await?;
        let (store, pool) = behind(&proxy).await?;
        let mut reports = Vec::new();
        for id in 0..32 {
            reports.push(draft(&store, &pool, id).await?);
        }
        let batching = store.batching();
        let warm = reports.pop().ok_or("there are 32")?;
        warm.submit().commit_async(&batching).await?;
        proxy.cut_at(cut, MARK.as_bytes());
        let mut tasks = tokio::task::JoinSet::new();
        for report in reports {
            let batching = batching.clone();
            tasks.spawn(async move {
                let done = report.submit().because(MARK).commit_async(&batching).await;
                done.map(drop).map_err(|refused| refused.to_string())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        assert_eq!(proxy.cuts(), 1, "{cut:?}");
        assert_eq!(
            ask(&pool, "SELECT count(*) FROM reports WHERE version = 2").await?.as_deref(),
            Some("32"),
            "{cut:?}"
        );
        assert_whole(&pool).await?;
    }
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commit_on_a_server_that_stays_away_returns_unknown() -> Result<(), Failure> {
    for cut in [Cut::Before, Cut::After] {
        let url = tollgate_cluster::database("outcomes");
        let proxy = Proxy::before(&url).await?;
        let store = Store::options(&proxy.url).connections(1).timeout(Duration::from_millis(300)).open().await?;
        let door = door(&store, 1).await?.knock().commit_async(&store).await?;
        proxy.cut_at(cut, MARK.as_bytes());
        proxy.shut(true);
        let refused = door.open().because(MARK).commit_async(&store).await.expect_err("nobody answered");
        let Cause::Sink(Error::Unknown { record, .. }) = refused.cause() else { panic!("{refused}") };
        let record = *record;
        proxy.shut(false);
        let found = store.outcome(record).await?;
        assert_eq!(found.is_some(), cut == Cut::After);
        // A retry of the same step succeeds, whether or not the record was written.
        let mut step = refused.into_step();
        assert_eq!(step.record_id(), record);
        assert_eq!(step.commit_async(&store).await?.version(), 3);
        let pool = store.as_postgres().ok_or("it is on Postgres")?.pool();
        assert_eq!(ask(pool, "SELECT count(*) FROM tollgate_record").await?.as_deref(), Some("3"));
    }
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn the_same_record_again_is_a_success_and_another_of_its_id_is_refused() -> Result<(), Failure> {
    use tollgate::AsyncSink as _;
    let url = tollgate_cluster::database("outcomes");
    let (store, pool) = store(&url).await?;
    draft(&store, &pool, 7).await?;
    let mut step = ReportMachine::create(Report { id: 8 });
    sqlx::query("INSERT INTO reports (id) VALUES (8)").execute(&pool).await?;
    let id = step.record_id();
    step.commit_async(&store).await?;
    let mut record = store.outcome(id).await?.ok_or("it was written")?;
    (&store).on_success(&record).await?;
    record.reason = Some("something else".to_owned());
    let refused = (&store).on_success(&record).await.expect_err("it says something else");
    assert!(matches!(refused, Error::OtherRecord { id: of } if of == id), "{refused}");
    assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_record").await?.as_deref(), Some("2"));
    assert_whole(&pool).await
}
