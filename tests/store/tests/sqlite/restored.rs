//! A backup that SQLite's backup API restores into the open file: cached numbers become stale.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;
use tollgate::{Cause, Id, commit_all};
use tollgate_store::{Error, Sqlite, Store};

use crate::Tested;
use crate::child::Child;
use crate::machines::{
    AnyLamp, AnyReport, Database, LampMachine, LampState, Report, ReportMachine, ReportState, assert_whole,
};

/// Restores the backup next to this file into it, as `.restore` does.
pub(crate) fn restore(path: &Path) {
    let backup = Connection::open(path.with_file_name("backup.db")).expect("it opens");
    let mut file = Connection::open(path).expect("it opens");
    file.busy_timeout(Duration::from_secs(30)).expect("it is set");
    let restored = Backup::new(&backup, &mut file).expect("it begins");
    restored.run_to_completion(1000, Duration::from_millis(5), None).expect("it ends");
}

/// Makes lamps the first machine on record, like a program that starts after a restore.
pub(crate) fn register_lamps(path: &Path) {
    let store = Sqlite::open(path).expect("it opens");
    let lamp = LampMachine::create(Id::from(1)).commit(&store).expect("it is created");
    lamp.turn().commit(&store).expect("it is turned");
}

/// Creates reports 1, 2 and 3 in their table, and a backup from before any machine was registered.
fn with_backup() -> Database {
    let database = Database::new();
    for id in 1..=3 {
        database.report(id);
    }
    let backup: PathBuf = database.path().with_file_name("backup.db");
    database.user().execute("VACUUM INTO ?1", [backup.display().to_string()]).expect("there is room");
    database
}

/// Returns the machines of the records, by their names in the database.
fn recorded(database: &Database) -> Vec<(String, String, i64)> {
    let user = database.user();
    let mut rows = user
        .prepare("SELECT machine, subject, max(version) FROM tollgate_history GROUP BY 1, 2 ORDER BY 1, 2")
        .expect("the view is there");
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("it is read");
    rows.collect::<Result<_, _>>().expect("each is read")
}

fn line(machine: &str, subject: &str, version: i64) -> (String, String, i64) {
    (machine.into(), subject.into(), version)
}

#[test]
fn commit_after_restore_is_recorded_under_its_own_machine() -> Tested {
    let database = with_backup();
    let store = &database.store;
    let stale = ReportMachine::create(Report { id: 1 }).commit(store)?;
    restore(&database.path());
    register_lamps(&database.path());

    // The first number now belongs to lamps.
    ReportMachine::create(Report { id: 2 }).commit(store)?;
    commit_all(vec![ReportMachine::create(Report { id: 3 })], store)?;
    assert_eq!(recorded(&database), [line("Lamp", "1", 2), line("Report", "2", 1), line("Report", "3", 1)]);
    let refused = stale.comment().commit(store).expect_err("it has no history here");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Conflict(_))), "{refused}");
    assert_whole(&database.path());
    Ok(())
}

#[test]
fn first_call_after_restore_finds_the_machine_under_its_new_number() -> Tested {
    let database = with_backup();
    let store = &database.store;
    ReportMachine::create(Report { id: 1 }).commit(store)?;
    // The listing puts the names into its cache.
    assert_eq!(store.records().page_blocking(10)?.records[0].machine.as_deref(), Some("Report"));
    assert_eq!(store.history::<ReportState>(1).page_blocking(10)?.records.len(), 1);
    restore(&database.path());
    register_lamps(&database.path());

    let listed = store.records().page_blocking(10)?.records;
    assert!(listed.iter().all(|record| record.machine.as_deref() == Some("Lamp")), "{listed:?}");
    assert_eq!(store.history::<ReportState>(1).page_blocking(10)?.records, []);
    let error = store.resume::<ReportState>(Report { id: 1 }).expect_err("it is not in the backup");
    assert!(matches!(error, Error::NeverCreated { .. }), "{error}");
    let AnyLamp::On(_) = store.resume::<LampState>(Id::from(1))? else { panic!("it was turned on") };
    store.register::<ReportState>()?;
    assert_eq!(database.count("SELECT count(*) FROM tollgate_machine"), 2);
    Ok(())
}

#[test]
fn restore_by_another_process_is_noticed_by_tasks_and_transactions() -> Tested {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let database = with_backup();
        let store = Store::from(database.store.clone());
        ReportMachine::create(Report { id: 1 }).commit_async(&store).await?;
        store.history::<ReportState>(1).page(10).await?;
        assert!(Child::start("restore", &database.path()).ended().1, "it restores");

        assert_eq!(store.history::<ReportState>(1).page(10).await?.records, []);
        let error = store.resume::<ReportState>(Report { id: 1 }).await.expect_err("it is not in the backup");
        assert!(matches!(error, Error::NeverCreated { .. }), "{error}");
        ReportMachine::create(Report { id: 2 }).commit_async(&store).await?;
        assert_eq!(recorded(&database), [line("Lamp", "1", 2), line("Report", "2", 1)]);

        // The same in a transaction of the caller, which was the first to register the machine.
        assert!(Child::start("restore", &database.path()).ended().1, "it restores");
        let mut user = database.user();
        let mut transaction = user.transaction()?;
        ReportMachine::create(Report { id: 3 }).commit(store.within(&mut transaction))?;
        transaction.commit()?;
        assert_eq!(recorded(&database), [line("Lamp", "1", 2), line("Report", "3", 1)]);
        Ok(())
    })
}

#[test]
fn commit_after_restore_to_an_earlier_version_returns_conflict() -> Tested {
    let database = Database::new();
    let store = &database.store;
    let report = ReportMachine::create(database.report(1)).commit(store)?;
    let backup = database.path().with_file_name("backup.db");
    database.user().execute("VACUUM INTO ?1", [backup.display().to_string()])?;
    let report = report.comment().commit(store)?;
    restore(&database.path());
    let refused = report.comment().commit(store).expect_err("version 2 is gone");
    let Cause::Sink(Error::Conflict(conflict)) = refused.cause() else { panic!("{refused}") };
    assert_eq!((conflict.expected.version, conflict.found.version), (2, 1));
    let AnyReport::Draft(report) = store.resume::<ReportState>(Report { id: 1 })? else { panic!("a draft") };
    report.comment().commit(store)?;
    assert_whole(&database.path());
    Ok(())
}

#[test]
fn commit_after_restore_of_a_file_without_our_tables_is_an_error() -> Tested {
    let database = Database::new();
    ReportMachine::create(database.report(1)).commit(&database.store)?;
    Connection::open(database.path().with_file_name("backup.db"))?.execute_batch("CREATE TABLE other (id)")?;
    restore(&database.path());
    let refused = ReportMachine::create(Report { id: 2 }).commit(&database.store).expect_err("it has no table");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Database { .. })), "{refused}");
    assert!(refused.to_string().contains("no such table"), "{refused}");
    Ok(())
}

#[test]
fn threads_that_commit_while_backups_are_restored_record_each_under_its_own_machine() {
    // Only lamps are created. After a restore, reports have the first number.
    const OTHERS: &str = "SELECT count(*) FROM tollgate_history WHERE machine <> 'Lamp'";
    let database = with_backup();
    let path = database.path();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4_i64)
            .map(|worker| {
                let store = database.store.clone();
                scope.spawn(move || {
                    for id in 0..60 {
                        let lamp = LampMachine::create(Id::from(1000 * worker + id)).commit(&store);
                        assert!(
                            lamp.is_ok() || lamp.as_ref().is_err_and(|refused| refused.code() == "sink"),
                            "{lamp:?}"
                        );
                    }
                })
            })
            .collect();
        for _ in 0..5 {
            std::thread::sleep(Duration::from_millis(20));
            assert_eq!(database.count(OTHERS), 0);
            restore(&path);
            let other = Sqlite::open(&path).expect("it opens");
            other.register::<ReportState>().expect("it fits");
        }
        for worker in workers {
            worker.join().expect("none is under another machine's number");
        }
    });
    assert_eq!(database.count(OTHERS), 0);
}
