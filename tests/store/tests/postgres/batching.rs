//! Joined commits are accepted and refused individually.

use tollgate::{Actor, Cause};
use tollgate_store::Error;

use crate::machines::{AnyReport, DoorMachine, Failure, Report, ReportState, ask, assert_whole, door, draft, store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commits_of_256_tasks_are_joined_with_separate_outcomes() -> Result<(), Failure> {
    let url = tollgate_cluster::database("batching");
    let (store, pool) = store(&url).await?;
    let insert = "INSERT INTO reports (id) SELECT generate_series(0, 255)";
    sqlx::query(insert).execute(&pool).await?;
    let batching = store.batching();
    let mut tasks = tokio::task::JoinSet::new();
    for id in 0..256 {
        let batching = batching.clone();
        tasks.spawn(async move {
            let report = crate::machines::ReportMachine::create(Report { id }).commit_async(&batching).await?;
            let report = report.submit().commit_async(&batching).await?;
            let report = report.reject().by("ann").because("no sources").commit_async(&batching).await?;
            DoorMachine::create(tollgate::Id::from(id))
                .commit_async(&batching)
                .await?
                .open()
                .commit_async(&batching)
                .await?;
            report.note().commit_async(&batching).await?;
            Ok::<_, Failure>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_record").await?.as_deref(), Some("1536"));
    assert_eq!(
        ask(&pool, "SELECT count(*) FROM reports WHERE state = 'Draft' AND version = 4").await?.as_deref(),
        Some("256")
    );
    assert_whole(&pool).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn records_with_and_without_optional_fields_are_written_together() -> Result<(), Failure> {
    for keeps_chain in [true, false] {
        let url = tollgate_cluster::database("batching");
        let options = tollgate_store::Store::options(&url);
        let store = if keeps_chain { options } else { options.without_chain() }.open().await?;
        let pool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
        sqlx::query(crate::machines::REPORTS).execute(&pool).await?;
        let batching = store.batching();
        let mut tasks = tokio::task::JoinSet::new();
        // Each combination of a name, a principal and a reason; every second commit is a single one.
        for id in 0..64 {
            let (store, batching) = (store.clone(), batching.clone());
            let report = draft(&store, &pool, id).await?;
            tasks.spawn(async move {
                let actor = Actor::user(id);
                let actor = if id & 1 == 0 { actor } else { actor.named("Ann \"the\" Smith") };
                let actor = if id & 2 == 0 { actor } else { actor.on_behalf_of(Actor::service("post").named("Post")) };
                let step = report.submit().by(actor.clone());
                let mut step = if id & 4 == 0 { step } else { step.because("sources, at last") };
                let record = step.record_id();
                if id & 8 == 0 {
                    step.commit_async(&store).await?;
                } else {
                    step.commit_async(&batching).await?;
                }
                Ok::<_, Failure>((id, actor, record))
            });
        }
        while let Some(done) = tasks.join_next().await {
            let (id, actor, record) = done??;
            let record = store.outcome(record).await?.ok_or("it is written")?;
            assert_eq!(record.actor, Some(actor), "{id}");
            assert_eq!(record.reason.as_deref(), (id & 4 != 0).then_some("sources, at last"), "{id}");
            assert_eq!(record.prev.is_some(), keeps_chain, "{id}");
        }
        assert_whole(&pool).await?;
        // A step of a chained machine has the digest of the record before, and a store without a chain writes it too.
        let AnyReport::Review(report) = store.resume::<ReportState>(Report { id: 1 }).await? else {
            panic!("a review")
        };
        let unchained = tollgate_store::Store::options(&url).without_chain().open().await?;
        let mut step = report.note();
        let record = step.record_id();
        step.commit_async(&unchained).await?;
        let record = unchained.outcome(record).await?.ok_or("it is written")?;
        assert_eq!(record.prev.is_some(), keeps_chain);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn commits_of_one_subject_in_one_batch_succeed_once_and_conflict() -> Result<(), Failure> {
    let url = tollgate_cluster::database("batching");
    let (store, pool) = store(&url).await?;
    draft(&store, &pool, 7).await?;
    let mut reports = Vec::new();
    for _ in 0..32 {
        let AnyReport::Draft(report) = store.resume::<ReportState>(Report { id: 7 }).await? else { panic!("a draft") };
        reports.push(report);
    }
    let batching = store.batching();
    let mut tasks = tokio::task::JoinSet::new();
    for report in reports {
        let batching = batching.clone();
        tasks.spawn(async move {
            match report.submit().commit_async(&batching).await {
                Ok(_) => Ok(1),
                Err(refused) => match refused.cause() {
                    Cause::Sink(Error::Conflict(_)) => Ok(0),
                    other => Err(other.to_string()),
                },
            }
        });
    }
    let mut first = 0;
    while let Some(done) = tasks.join_next().await {
        first += done??;
    }
    assert_eq!(first, 1);
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn duplicate_row_in_a_batch_does_not_accept_a_stale_record() -> Result<(), Failure> {
    let url = tollgate_cluster::database("batching");
    let (store, pool) = store(&url).await?;
    let mut pairs = Vec::new();
    for id in 0..32 {
        pairs.push((draft(&store, &pool, 2 * id).await?, draft(&store, &pool, 2 * id + 1).await?));
    }
    // Every even subject has a duplicate row, and the row of every odd one was changed by other SQL.
    sqlx::raw_sql(
        "ALTER TABLE reports DROP CONSTRAINT reports_pkey; INSERT INTO reports SELECT * FROM reports WHERE id % 2 = 0;
         UPDATE reports SET state = 'Review' WHERE id % 2 = 1",
    )
    .execute(&pool)
    .await?;
    let batching = store.batching();
    for (even, odd) in pairs {
        // Both are queued before either is written. If they are in one lane, one statement writes both.
        let (_, odd) = tokio::join!(even.submit().commit_async(&batching), odd.submit().commit_async(&batching));
        assert!(odd.is_err());
    }
    let astray = "SELECT count(*) FROM tollgate_record WHERE version = 2 AND subject::bigint % 2 = 1";
    assert_eq!(ask(&pool, astray).await?.as_deref(), Some("0"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn record_that_fails_its_batch_is_refused_alone() -> Result<(), Failure> {
    let url = tollgate_cluster::database("batching");
    let (store, pool) = store(&url).await?;
    // A constraint refuses one of the updates.
    sqlx::query("ALTER TABLE reports ADD CHECK (id <> 77 OR state = 'Draft')").execute(&pool).await?;
    let mut reports = Vec::new();
    for id in 0..100 {
        reports.push(draft(&store, &pool, id).await?);
    }
    let batching = store.batching();
    let mut tasks = tokio::task::JoinSet::new();
    for report in reports {
        let batching = batching.clone();
        tasks.spawn(async move {
            let id = report.id;
            let nobody = Actor::system("test");
            (
                id,
                report
                    .submit()
                    .by(nobody)
                    .commit_async(&batching)
                    .await
                    .map(drop)
                    .map_err(|refused| refused.to_string()),
            )
        });
    }
    while let Some(done) = tasks.join_next().await {
        let (id, outcome) = done?;
        assert_eq!(outcome.is_err(), id == 77, "{outcome:?}");
    }
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn queued_records_after_drop_of_the_last_handle_are_written() -> Result<(), Failure> {
    let url = tollgate_cluster::database("batching");
    let (store, pool) = store(&url).await?;
    let batching = store.batching();
    let mut doors = Vec::new();
    for id in 0..16 {
        doors.push(door(&store, id).await?);
    }
    let mut stay = tokio::task::JoinSet::new();
    for (position, door) in doors.into_iter().enumerate() {
        let batching = batching.clone();
        if position % 2 == 0 {
            stay.spawn(async move { door.open().commit_async(&batching).await.map(drop).map_err(|it| it.to_string()) });
        } else {
            let task = tokio::spawn(async move { door.open().commit_async(&batching).await.map(drop).is_ok() });
            tokio::task::yield_now().await;
            task.abort();
        }
    }
    drop(batching);
    while let Some(done) = stay.join_next().await {
        done??;
    }
    let even = "SELECT count(*) FROM tollgate_record WHERE version = 2 AND subject::int % 2 = 0";
    assert_eq!(ask(&pool, even).await?.as_deref(), Some("8"));
    assert_whole(&pool).await
}
