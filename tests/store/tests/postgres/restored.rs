//! A database that is restored to an earlier point under an open store: no record gets another machine's number.

use std::path::Path;
use std::process::Command;

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tollgate::{Cause, CommitError, commit_all_async};
use tollgate_cluster::Cluster;
use tollgate_store::{Error, Postgres, Store};

use crate::machines::{
    AnyReport, DoorMachine, Failure, LampMachine, REPORTS, Report, ReportState, ask, assert_whole, draft,
};

/// The way in which the database is restored.
#[derive(Clone, Copy, PartialEq)]
enum How {
    /// From a dump, into the same database: connections stay open.
    InPlace,
    /// From a dump, into a new database of the same name.
    Recreated,
    /// From the files of the server, like a snapshot of its disk.
    Files,
}

/// A server with one database, and a backup of it.
struct Backed {
    cluster: Cluster,
    url: String,
    backup: tempfile::TempDir,
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let done = Command::new("cp").arg("-a").args([from, to]).status()?;
    if done.success() { Ok(()) } else { Err(format!("copying {}", from.display()).into()) }
}

impl Backed {
    fn back_up(&self, how: How) -> Result<(), Failure> {
        if how != How::Files {
            return Ok(self.cluster.psql().dump(&self.url, &self.backup.path().join("dump.sql"))?);
        }
        self.cluster.stop()?;
        copy(&self.cluster.socket_directory().join("data"), &self.backup.path().join("data"))?;
        Ok(self.cluster.restart()?)
    }

    fn restore(&self, how: How) -> Result<(), Failure> {
        let dump = self.backup.path().join("dump.sql");
        if how == How::Files {
            self.cluster.stop()?;
            let data = self.cluster.socket_directory().join("data");
            std::fs::remove_dir_all(&data)?;
            copy(&self.backup.path().join("data"), &data)?;
            return Ok(self.cluster.restart()?);
        }
        if how == How::Recreated {
            let name = self.url.rsplit('/').next().ok_or("it names a database")?;
            let psql = self.cluster.psql();
            psql.run(&self.cluster.url("postgres"), &format!("DROP DATABASE {name} WITH (FORCE)"))?;
            psql.run(&self.cluster.url("postgres"), &format!("CREATE DATABASE {name}"))?;
        }
        Ok(self.cluster.psql().run_file(&self.url, &dump)?)
    }

    async fn pool(&self) -> Result<PgPool, Failure> {
        Ok(PgPoolOptions::new().max_connections(2).connect(&self.url).await?)
    }
}

fn sink_error<S>(refused: &CommitError<S, Error>) -> String {
    match refused.cause() {
        Cause::Sink(Error::Unknown { .. }) => "unknown".to_owned(),
        other => other.to_string(),
    }
}

/// Returns the machine that has records of this subject.
async fn machines_of(pool: &PgPool, subject: i64) -> Result<Option<String>, Failure> {
    let machines =
        format!("SELECT string_agg(DISTINCT machine, ',') FROM tollgate_history WHERE subject = '{subject}'");
    ask(pool, &machines).await
}

/// The open store registers a machine after the backup. After the restore, another machine gets its number.
async fn restored(how: How, open: impl AsyncFn(&str) -> Result<Store, Failure>) -> Result<(), Failure> {
    let cluster = tollgate_cluster::own(&[]);
    let url = cluster.fresh_database("restored")?;
    let backed = Backed { cluster, url, backup: tempfile::tempdir()? };
    let pool = backed.pool().await?;
    sqlx::query(REPORTS).execute(&pool).await?;
    draft(&Store::open(&backed.url).await?, &pool, 7).await?;
    pool.close().await;
    backed.back_up(how)?;

    let store = open(&backed.url).await?;
    let AnyReport::Draft(report) = store.resume::<ReportState>(Report { id: 7 }).await? else { panic!("a draft") };
    let report = report.submit().commit_async(&store).await?;
    let door = DoorMachine::create(1).commit_async(&store).await?.open().commit_async(&store).await?;
    backed.restore(how)?;

    // Another program registers another machine first, and moves the report elsewhere.
    let other = Store::open(&backed.url).await?;
    LampMachine::create(100).commit_async(&other).await?;
    LampMachine::create(1).commit_async(&other).await?.light().commit_async(&other).await?;
    let AnyReport::Draft(elsewhere) = other.resume::<ReportState>(Report { id: 7 }).await? else { panic!("a draft") };
    elsewhere.note().commit_async(&other).await?;
    let pool = backed.pool().await?;

    let refused = door.shut().commit_async(&store).await.expect_err("its history was not restored");
    assert_ne!(sink_error(&refused), "unknown");
    assert_eq!(machines_of(&pool, 1).await?.as_deref(), Some("Lamp"));
    let refused = report.note().commit_async(&store).await.expect_err("the report went elsewhere");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Conflict(_) | Error::OtherHistory { .. })), "{refused}");

    // All ways to write, each with a store that was open during the restore.
    DoorMachine::create(2).commit_async(&store).await?;
    let batching = store.batching();
    DoorMachine::create(3).commit_async(&batching).await?.open().commit_async(&batching).await?;
    commit_all_async((DoorMachine::create(4), DoorMachine::create(5)), &store).await?;
    let mut transaction = pool.begin().await?;
    DoorMachine::create(6).commit_async(store.within(&mut transaction)).await?;
    transaction.commit().await?;
    for id in 2..=6 {
        assert_eq!(machines_of(&pool, id).await?.as_deref(), Some("Door"), "door {id}");
    }
    assert_eq!(store.resume::<ReportState>(Report { id: 7 }).await?.version(), 2);
    assert_whole(&pool).await
}

/// Runs `first` as the first call after the restore, on a machine that was registered after the backup.
async fn first_after(how: How, first: impl AsyncFnOnce(Store, PgPool) -> Result<(), Failure>) -> Result<(), Failure> {
    let cluster = tollgate_cluster::own(&[]);
    let url = cluster.fresh_database("restored")?;
    let backed = Backed { cluster, url, backup: tempfile::tempdir()? };
    let store = Store::options(&backed.url).connections(4).open().await?;
    backed.back_up(how)?;
    DoorMachine::create(1).commit_async(&store).await?;
    backed.restore(how)?;
    LampMachine::create(9).commit_async(&Store::open(&backed.url).await?).await?;
    let pool = backed.pool().await?;
    first(store, pool.clone()).await?;
    assert_whole(&pool).await
}

async fn by_address(url: &str) -> Result<Store, Failure> {
    Ok(Store::options(url).connections(4).open().await?)
}

async fn by_pool(url: &str) -> Result<Store, Failure> {
    let pool = PgPoolOptions::new().max_connections(4).connect(url).await?;
    Ok(Postgres::with_pool(pool).await?.into())
}

async fn batching_first(store: Store, pool: PgPool) -> Result<(), Failure> {
    DoorMachine::create(2).commit_async(store.batching()).await?;
    assert_eq!(machines_of(&pool, 2).await?.as_deref(), Some("Door"));
    Ok(())
}

async fn batch_first(store: Store, pool: PgPool) -> Result<(), Failure> {
    commit_all_async((DoorMachine::create(2), DoorMachine::create(3)), &store).await?;
    assert_eq!(machines_of(&pool, 3).await?.as_deref(), Some("Door"));
    Ok(())
}

async fn transaction_first(store: Store, pool: PgPool) -> Result<(), Failure> {
    let mut transaction = pool.begin().await?;
    DoorMachine::create(2).commit_async(store.within(&mut transaction)).await?;
    transaction.commit().await?;
    assert_eq!(machines_of(&pool, 2).await?.as_deref(), Some("Door"));
    Ok(())
}

async fn read_first(store: Store, _: PgPool) -> Result<(), Failure> {
    let lamp = store.resume::<crate::machines::DoorState>(9.into()).await.expect_err("9 is a lamp");
    assert!(matches!(lamp, Error::NeverCreated { machine: "Door", .. }), "{lamp}");
    Ok(())
}

macro_rules! restore {
    ($($name:ident: $scenario:ident($how:expr, $with:expr);)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
        async fn $name() -> Result<(), Failure> {
            $scenario($how, $with).await
        }
    )*};
}

restore! {
    commits_after_a_dump_was_restored_in_place_keep_their_machine: restored(How::InPlace, by_address);
    commits_after_a_database_was_recreated_keep_their_machine: restored(How::Recreated, by_address);
    commits_after_the_files_were_restored_keep_their_machine: restored(How::Files, by_address);
    commits_on_a_pool_after_a_dump_was_restored_in_place_keep_their_machine: restored(How::InPlace, by_pool);
    commits_on_a_pool_after_the_files_were_restored_keep_their_machine: restored(How::Files, by_pool);
    joined_commit_as_the_first_after_a_restore_keeps_its_machine: first_after(How::InPlace, batching_first);
    batch_as_the_first_after_a_restore_keeps_its_machine: first_after(How::InPlace, batch_first);
    transaction_as_the_first_after_a_restore_keeps_its_machine: first_after(How::InPlace, transaction_first);
    resume_as_the_first_after_a_restore_reads_its_own_machine: first_after(How::InPlace, read_first);
    batch_as_the_first_after_restored_files_keeps_its_machine: first_after(How::Files, batch_first);
}
