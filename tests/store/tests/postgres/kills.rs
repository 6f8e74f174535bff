//! A server that is killed under load keeps every acknowledged record, and has no refused one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::Row as _;
use tollgate::Cause;
use tollgate_cluster::Cluster;
use tollgate_store::{Error, Store};

use crate::machines::{
    AnyReport, Failure, REPORTS, Report, ReportMachine, ReportState, ReportTransition, assert_whole,
};

const SUBJECTS: i64 = 8;
const TASKS: usize = 16;

/// The outcomes that the tasks got, by record id.
#[derive(Debug, Default)]
struct Heard {
    acknowledged: HashSet<String>,
    refused: HashSet<String>,
    /// The number of errors by cause.
    causes: HashMap<String, usize>,
}

/// Moves subjects until `stop` is set, and notes the outcomes.
async fn load(store: Store, batching: bool, task: usize, stop: Arc<AtomicBool>) -> Heard {
    let mut heard = Heard::default();
    let batching = batching.then(|| store.batching());
    let mut turn = task;
    while !stop.load(Ordering::SeqCst) {
        turn += 1;
        let id = i64::try_from(turn).unwrap_or_default() % SUBJECTS;
        let Ok(any) = store.resume::<ReportState>(Report { id }).await else { continue };
        if turn.is_multiple_of(3) {
            break_the_rules(&store, any, &mut heard).await;
            continue;
        }
        macro_rules! go {
            ($step:expr) => {{
                let mut step = $step;
                let id = step.record_id().to_string();
                let done = match &batching {
                    Some(batching) => step.commit_async(batching).await.map(drop).map_err(|it| cause(it.cause())),
                    None => step.commit_async(&store).await.map(drop).map_err(|it| cause(it.cause())),
                };
                (id, done)
            }};
        }
        let (id, done) = match any {
            AnyReport::Draft(report) => go!(report.submit()),
            AnyReport::Review(report) => go!(report.reject().by("ann").because("again")),
            other => panic!("{other:?}"),
        };
        match done {
            Ok(()) => {
                heard.acknowledged.insert(id);
            }
            Err(cause) => {
                if cause != "unknown" {
                    heard.refused.insert(id);
                }
                *heard.causes.entry(cause).or_default() += 1;
            }
        }
    }
    heard
}

/// Tries a transition without an edge, and a step without its required reason. Both are refused, also during an outage.
async fn break_the_rules(store: &Store, any: AnyReport, heard: &mut Heard) {
    let forbidden =
        if matches!(any, AnyReport::Draft(_)) { ReportTransition::Approve } else { ReportTransition::Archive };
    let Err(not_allowed) = any.fire(forbidden) else { panic!("no edge allows it") };
    let Ok(mut step) = not_allowed.into_machine().fire(ReportTransition::Reject) else { return };
    heard.refused.insert(step.record_id().to_string());
    let Err(refused) = step.commit_async(store).await else { panic!("the reason is missing") };
    assert!(matches!(refused.cause(), Cause::Requirement(_)), "{refused}");
}

fn cause(cause: &Cause<Error>) -> String {
    match cause {
        Cause::Sink(Error::Unknown { .. }) => "unknown".to_owned(),
        Cause::Sink(Error::Conflict(_)) => "conflict".to_owned(),
        other => other.to_string(),
    }
}

/// Runs the load while `harm` is done to the server, and then compares the outcomes with the database.
async fn survives(cluster: Cluster, batching: bool, harm: impl Fn(&Cluster) + Send + 'static) -> Result<(), Failure> {
    let url = cluster.fresh_database("kills")?;
    let store = Store::options(&url).timeout(Duration::from_mins(1)).open().await?;
    let pool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
    sqlx::query(REPORTS).execute(&pool).await?;
    for id in 0..SUBJECTS {
        sqlx::query("INSERT INTO reports (id) VALUES ($1)").bind(id).execute(&pool).await?;
        ReportMachine::create(Report { id }).commit_async(&store).await?;
    }
    let mut all = Heard::default();
    break_the_rules(&store, store.resume::<ReportState>(Report { id: 0 }).await?, &mut all).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        tasks.spawn(load(store.clone(), batching, task, Arc::clone(&stop)));
    }
    let harmed = std::thread::spawn(move || {
        harm(&cluster);
        cluster
    });
    let cluster = tokio::task::spawn_blocking(|| harmed.join()).await?.map_err(|_| "the harm could not be done")?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.store(true, Ordering::SeqCst);
    while let Some(heard) = tasks.join_next().await {
        let heard = heard?;
        all.acknowledged.extend(heard.acknowledged);
        all.refused.extend(heard.refused);
        all.causes.extend(heard.causes);
    }
    let fresh = Store::open(&url).await?;
    for id in 0..SUBJECTS {
        break_the_rules(&fresh, fresh.resume::<ReportState>(Report { id }).await?, &mut all).await;
    }
    let pool = fresh.as_postgres().ok_or("it is on Postgres")?.pool();
    assert_whole(pool).await?;
    let rows = sqlx::query("SELECT id::text FROM tollgate_record").fetch_all(pool).await?;
    let there: HashSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let lost: Vec<_> = all.acknowledged.difference(&there).collect();
    let false_refusals: Vec<_> = all.refused.intersection(&there).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert!(false_refusals.is_empty(), "refused and there: {false_refusals:?}; {:?}", all.causes);
    assert!(!all.acknowledged.is_empty());
    drop(cluster);
    Ok(())
}

fn kill_backends(cluster: &Cluster, times: usize) {
    let url = cluster.url("postgres");
    for _ in 0..times {
        std::thread::sleep(Duration::from_millis(300));
        let busy = "SELECT pid FROM pg_stat_activity WHERE query LIKE '%INTO tollgate_record%' AND pid <> pg_backend_pid() LIMIT 1";
        let backend = cluster.psql().run(&url, busy).expect("the server answers");
        let Ok(backend) = backend.trim().parse() else { continue };
        // The backend may have ended already.
        let _ = cluster.kill_backend(backend);
        cluster.answers().expect("the server recovers");
    }
}

fn kill_server(cluster: &Cluster, times: usize) {
    for _ in 0..times {
        std::thread::sleep(Duration::from_millis(300));
        cluster.kill().expect("it runs");
        cluster.restart().expect("it starts again");
    }
}

fn stop_server(cluster: &Cluster, times: usize) {
    for _ in 0..times {
        std::thread::sleep(Duration::from_millis(300));
        cluster.stop().expect("it runs");
        cluster.restart().expect("it starts again");
    }
}

macro_rules! survive {
    ($($(#[$attribute:meta])* $name:ident: $batching:expr, $harm:ident($times:expr);)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        $(#[$attribute])*
        async fn $name() -> Result<(), Failure> {
            survives(tollgate_cluster::own(&[]), $batching, |cluster| $harm(cluster, $times)).await
        }
    )*};
}

survive! {
    #[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
    acknowledged_commit_survives_a_backend_killed_under_load: false, kill_backends(1);
    #[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
    acknowledged_commit_survives_the_server_stopped_under_load: false, stop_server(1);
    #[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
    acknowledged_joined_commit_survives_the_server_killed_under_load: true, kill_server(1);
    #[ignore = "long: run by .ci/run full"]
    acknowledged_commit_survives_backends_killed_again_and_again: false, kill_backends(3);
    #[ignore = "long: run by .ci/run full"]
    acknowledged_commit_survives_the_server_killed_twice: false, kill_server(2);
    #[ignore = "long: run by .ci/run full"]
    acknowledged_joined_commit_survives_backends_killed_again_and_again: true, kill_backends(3);
    #[ignore = "long: run by .ci/run full"]
    acknowledged_joined_commit_survives_the_server_killed_twice: true, kill_server(2);
}
