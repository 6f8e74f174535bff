//! Concurrent blocking and async callers, callers that drop their futures, and locks that other programs hold.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use tollgate::{Cause, CommitError, Id};
use tollgate_store::{Error, Sqlite, Store};

use crate::Tested;
use crate::machines::{AnyReport, Database, LampMachine, LampState, Report, ReportMachine, ReportState, assert_whole};

#[test]
fn concurrent_threads_and_tasks_find_their_acknowledged_records() -> Tested {
    let database = Database::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    let store = &database.store;
    for id in 0..16 {
        database.report(id);
    }
    let tasks = (8..16).map(|id| {
        let store = store.clone();
        runtime.spawn(async move {
            let report = ReportMachine::create(crate::machines::Report { id }).commit_async(&store).await;
            let mut report = report.map_err(CommitError::into_cause).expect("it is created");
            for _ in 0..50 {
                report = report
                    .comment()
                    .commit_async(&store)
                    .await
                    .map_err(CommitError::into_cause)
                    .expect("it is written");
            }
        })
    });
    let tasks: Vec<_> = tasks.collect();
    thread::scope(|scope| {
        for id in 0..8 {
            scope.spawn(move || {
                let mut report = ReportMachine::create(crate::machines::Report { id }).commit(store).expect("created");
                for _ in 0..50 {
                    report = report.comment().commit(store).map_err(CommitError::into_cause).expect("it is written");
                }
            });
        }
    });
    for task in tasks {
        runtime.block_on(task)?;
    }
    assert_eq!(database.count("SELECT count(*) FROM reports WHERE state = 'Draft' AND version = 51"), 16);
    assert_whole(&database.path());
    Ok(())
}

#[test]
fn write_of_a_trigger_in_a_refused_commit_is_rolled_back() -> Tested {
    // One trigger writes before the store's trigger refuses the record; the other fails after the record and its own row.
    let before =
        "CREATE TRIGGER seen BEFORE INSERT ON tollgate_record BEGIN INSERT INTO seen VALUES (NEW.subject); END";
    let after = "CREATE TRIGGER seen AFTER INSERT ON tollgate_record BEGIN
                     INSERT INTO seen VALUES (NEW.subject);
                     INSERT INTO seen SELECT NULL WHERE NEW.subject = '1' AND NEW.version > 1;
                 END";
    for trigger in [before, after] {
        let database = Database::new();
        let user = database.user();
        user.execute_batch(&format!("CREATE TABLE seen (subject TEXT NOT NULL); {trigger}"))?;
        let store = &database.store;
        let (bad, good) = (
            ReportMachine::create(database.report(1)).commit(store)?,
            ReportMachine::create(database.report(2)).commit(store)?,
        );
        if trigger == before {
            // Another caller commits first.
            let AnyReport::Draft(first) = store.resume::<ReportState>(Report { id: 1 })? else {
                panic!("it is a draft")
            };
            first.comment().commit(store)?;
        }
        // While this lock is held both wait; they are then written together.
        user.execute_batch("BEGIN IMMEDIATE")?;
        thread::scope(|scope| {
            let bad = scope.spawn(move || bad.comment().commit(store).map(drop).map_err(CommitError::into_cause));
            let good = scope.spawn(move || good.comment().commit(store).map(drop).map_err(CommitError::into_cause));
            user.execute_batch("COMMIT").expect("the lock is given back");
            let refused = bad.join().expect("it does not panic").expect_err("it is refused");
            assert!(matches!(refused, Cause::Sink(Error::Conflict(_) | Error::Unstorable { .. })), "{refused}");
            good.join().expect("it does not panic").expect("nothing is wrong with it");
        });
        let records = database.count("SELECT count(*) FROM tollgate_record");
        assert_eq!(records, if trigger == before { 4 } else { 3 });
        assert_eq!(database.count("SELECT count(*) FROM seen"), records, "{trigger}");
        assert_whole(&database.path());
    }
    Ok(())
}

#[test]
fn trigger_that_refuses_a_written_record_fails_only_its_commit() -> Tested {
    for way in ["ABORT", "FAIL", "ROLLBACK"] {
        let database = Database::new();
        let user = database.user();
        user.execute_batch(&format!(
            "CREATE TRIGGER late AFTER INSERT ON tollgate_record WHEN NEW.subject = '1' AND NEW.version > 1
             BEGIN SELECT RAISE({way}, 'not this one'); END"
        ))?;
        let store = &database.store;
        let created = |id| ReportMachine::create(database.report(id)).commit(store);
        let (bad, good, other) = (created(1)?, created(2)?, created(3)?);
        // While this lock is held all wait; they are then written together.
        user.execute_batch("BEGIN IMMEDIATE")?;
        thread::scope(|scope| {
            let good = scope.spawn(move || good.submit("bob".into()).commit(store).map(drop));
            let bad =
                scope.spawn(move || bad.submit("bob".into()).commit(store).map(drop).map_err(CommitError::into_cause));
            let other = scope.spawn(move || other.submit("bob".into()).commit(store).map(drop));
            user.execute_batch("COMMIT").expect("the lock is given back");
            let refused = bad.join().expect("it does not panic").expect_err("it is refused").to_string();
            assert!(refused.contains("not this one"), "{way}: {refused}");
            good.join().expect("it does not panic").expect("nothing is wrong with it");
            other.join().expect("it does not panic").expect("nothing is wrong with it");
        });
        assert_eq!(database.row(1), (Some("Draft".into()), Some(1)), "{way}");
        assert_eq!(database.count("SELECT count(*) FROM tollgate_record WHERE subject = '1'"), 1, "{way}");
        assert_eq!(database.count("SELECT count(*) FROM tollgate_record"), 5, "{way}");
        assert_whole(&database.path());
    }
    Ok(())
}

#[test]
fn record_that_a_trigger_skips_does_not_move_its_row() -> Tested {
    let database = Database::new();
    let report = ReportMachine::create(database.report(1)).commit(&database.store)?;
    database.user().execute_batch(
        "CREATE TRIGGER ignored BEFORE INSERT ON tollgate_record WHEN NEW.version > 1 BEGIN SELECT RAISE(IGNORE); END",
    )?;
    let refused = report.submit("bob".into()).commit(&database.store).map(drop).map_err(CommitError::into_cause);
    let refused = refused.expect_err("there is no record");
    let Cause::Sink(Error::Unstorable { why, .. }) = refused else { panic!("{refused}") };
    assert_eq!(why, "a trigger of yours on `tollgate_record` leaves it out");
    assert_eq!(database.row(1), (Some("Draft".into()), Some(1)));
    assert_whole(&database.path());
    Ok(())
}

#[test]
fn failed_commit_among_joined_ones_fails_alone() -> Tested {
    let database = Database::new();
    for id in 0..8 {
        database.report(id);
    }
    let store = &database.store;
    let drafts = (0..8).map(|id| ReportMachine::create(crate::machines::Report { id }).commit(store));
    let drafts = drafts.collect::<Result<Vec<_>, _>>()?;
    let user = database.user();
    // While this lock is held they all wait; they are then written together.
    user.execute_batch(
        "BEGIN IMMEDIATE; DELETE FROM reports WHERE id = 5; UPDATE reports SET state = 'Lost' WHERE id = 3",
    )?;
    let outcomes = thread::scope(|scope| {
        let commit = |draft: ReportMachine<_>| {
            scope.spawn(move || draft.comment().commit(store).map(drop).map_err(CommitError::into_cause))
        };
        let threads: Vec<_> = drafts.into_iter().map(commit).collect();
        user.execute_batch("COMMIT").expect("the lock is given back");
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect::<Vec<_>>()
    });
    for (id, outcome) in outcomes.into_iter().enumerate() {
        match (id, outcome) {
            (3, Err(Cause::Sink(Error::Disagreement(_)))) | (5, Err(Cause::Sink(Error::NoRow { .. }))) => {}
            (3 | 5, other) => panic!("{other:?}"),
            (_, outcome) => outcome.expect("nothing is wrong with it"),
        }
    }
    assert_eq!(database.count("SELECT count(*) FROM reports WHERE version = 2"), 6);
    assert_eq!(database.count("SELECT count(*) FROM tollgate_record WHERE version = 2"), 6);
    Ok(())
}

#[tokio::test]
async fn commit_behind_a_lock_waits_and_then_names_it() -> Tested {
    let database = Database::new();
    let url = format!("sqlite:{}", database.path().display());
    let store = Store::options(&url).machine::<LampState>().timeout(Duration::from_millis(50)).open().await?;
    let user = database.user();
    user.execute_batch("BEGIN IMMEDIATE")?;
    let refused = LampMachine::create(Id::from(1)).commit_async(&store).await.expect_err("the lock is held");
    let said = refused.cause().to_string();
    assert!(said.starts_with("the sink refused: writing the record of Lamp 1 in `"), "{said}");
    assert!(said.ends_with("while another program has held the write lock for 50ms: database is locked"), "{said}");
    user.execute_batch("COMMIT")?;
    refused.into_step().commit_async(&store).await?;
    Ok(())
}

/// Polls once: the commit has begun, and no caller waits for it.
fn begun(future: impl Future) {
    let mut future = pin!(future);
    let Poll::Pending = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) else { panic!("it is done") };
}

#[tokio::test]
async fn commit_of_a_dropped_future_continues_and_is_found_by_id() -> Tested {
    let database = Database::new();
    database.store.register::<LampState>()?;
    let mut records = Vec::new();
    let user = database.user();
    user.execute_batch("BEGIN IMMEDIATE")?;
    for id in 0..20 {
        let mut step = LampMachine::create(Id::from(id));
        records.push(step.record_id());
        begun(step.commit_async(&database.store));
    }
    user.execute_batch("COMMIT")?;
    // A later commit gets its answer after the earlier ones.
    LampMachine::create(Id::from(99)).commit_async(&database.store).await?;
    for record in records {
        assert!(database.store.outcome(record)?.is_some(), "{record} was begun");
    }
    Ok(())
}

#[test]
fn pending_commits_finish_before_the_store_is_closed() -> Tested {
    let database = Database::new();
    database.store.register::<LampState>()?;
    let user = database.user();
    user.execute_batch("BEGIN IMMEDIATE")?;
    let path = database.path();
    let store = Sqlite::open(&path)?;
    store.register::<LampState>()?;
    for id in 0..20 {
        begun(LampMachine::create(Id::from(id)).commit_async(&store));
    }
    thread::scope(|scope| {
        scope.spawn(|| drop(store));
        user.execute_batch("COMMIT").expect("the lock is given back");
    });
    assert_eq!(database.count("SELECT count(*) FROM tollgate_record"), 20);
    Ok(())
}

#[test]
fn a_path_that_cannot_be_opened_is_named() {
    let refused = |path: &str| Sqlite::open(path).expect_err("it cannot be opened").to_string();
    let said = refused("/nowhere/at/all/app.db");
    assert!(
        said.starts_with("opening `/nowhere/at/all/app.db`, whose directory `/nowhere/at/all` does not exist: "),
        "{said}"
    );
    let said = refused(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    assert!(said.ends_with("file is not a database"), "{said}");
}
