//! A transaction of the caller: its other writes commit or roll back together with the record.

use tollgate::observer::Buffer;
use tollgate::{Cause, Id, Record, commit_all};
use tollgate_store::{Error, Store};

use crate::Tested;
use crate::machines::{AnyReport, Database, LampMachine, LampState, Report, ReportMachine, ReportState, assert_whole};

const NEW: &str = "INSERT INTO reports (id, title) VALUES (7, 'Trees')";

#[test]
fn commit_of_the_transaction_commits_and_notifies_observers() -> Tested {
    let database = Database::new();
    let store = Store::from(database.store.clone());
    let (mut user, mut buffer, mut heard) = (database.user(), Buffer::new(), Vec::new());
    let mut transaction = user.transaction()?;
    transaction.execute(NEW, [])?;
    let report = ReportMachine::create(Report { id: 7 });
    let report = report.commit(store.within(&mut transaction).observed_by(&mut buffer))?;
    report.submit("bob".into()).commit(store.within(&mut transaction).observed_by(&mut buffer))?;
    assert_eq!(database.count("SELECT count(*) FROM reports"), 0);
    transaction.commit()?;
    buffer.deliver(&mut |record: &Record| heard.push(record.version));
    assert_eq!(heard, [Some(1), Some(2)]);
    assert_eq!(database.row(7), (Some("Review".into()), Some(2)));
    assert_whole(&database.path());
    Ok(())
}

#[test]
fn rollback_writes_nothing_and_leaves_the_machine_stale() -> Tested {
    let database = Database::new();
    let store = Store::from(database.store.clone());
    let report = ReportMachine::create(database.report(1)).commit(&database.store)?;
    let mut user = database.user();
    let mut transaction = user.transaction()?;
    transaction.execute(NEW, [])?;
    let report = report.submit("bob".into()).commit(store.within(&mut transaction))?;
    transaction.rollback()?;
    assert_eq!(database.count("SELECT count(*) FROM reports"), 1);
    assert_eq!(database.row(1), (Some("Draft".into()), Some(1)));
    let refused = report.approve().by("ann").commit(&database.store).expect_err("it was never submitted");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Conflict(_))), "{refused}");
    let AnyReport::Draft(_) = database.store.resume::<ReportState>(Report { id: 1 })? else { panic!("a draft") };
    Ok(())
}

#[test]
fn a_refused_commit_leaves_the_transaction_as_it_was() -> Tested {
    let database = Database::new();
    let store = Store::from(database.store.clone());
    let mut user = database.user();
    let mut transaction = user.transaction()?;
    transaction.execute(NEW, [])?;
    let steps = (ReportMachine::create(Report { id: 7 }), ReportMachine::create(Report { id: 8 }));
    let refused = commit_all(steps, store.within(&mut transaction)).expect_err("8 has no row");
    assert_eq!(refused.position(), Some(1));
    assert!(matches!(refused.cause(), Cause::Sink(Error::NoRow { .. })), "{refused}");
    let (seven, _) = refused.into_step();
    seven.commit(store.within(&mut transaction))?;
    transaction.commit()?;
    assert_eq!(database.row(7), (Some("Draft".into()), Some(1)));
    assert_whole(&database.path());
    Ok(())
}

#[test]
fn rolled_back_savepoint_removes_its_commits() -> Tested {
    let database = Database::new();
    let store = Store::from(database.store.clone());
    database.store.register::<LampState>()?;
    let mut user = database.user();
    let mut transaction = user.transaction()?;
    let lamp = LampMachine::create(Id::from(1)).commit(store.within(&mut transaction))?;
    let mut savepoint = transaction.savepoint()?;
    lamp.turn().commit(store.within(&mut savepoint))?;
    savepoint.rollback()?;
    drop(savepoint);
    transaction.commit()?;
    assert_eq!(database.count("SELECT max(version) FROM tollgate_record"), 1);
    Ok(())
}

#[test]
fn machine_registered_in_a_failed_transaction_is_not_cached() -> Tested {
    let database = Database::new();
    let store = Store::from(database.store.clone());
    let mut user = database.user();
    // The transaction holds the write lock, so the store cannot write through its own connection.
    let mut transaction = user.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let lamp = LampMachine::create(Id::from(1)).commit(store.within(&mut transaction))?;
    lamp.turn().commit(store.within(&mut transaction))?;
    transaction.rollback()?;
    assert_eq!(database.count("SELECT count(*) FROM tollgate_chart"), 0);
    LampMachine::create(Id::from(1)).commit(&database.store)?;
    assert_eq!(database.count("SELECT count(*) FROM tollgate_chart"), 1);
    Ok(())
}

#[test]
fn a_transaction_of_another_file_is_refused() -> Tested {
    let (database, other) = (Database::new(), Database::new());
    let store = Store::from(database.store.clone());
    let mut user = other.user();
    let mut transaction = user.transaction()?;
    let refused = LampMachine::create(Id::from(1)).commit(store.within(&mut transaction)).expect_err("another file");
    assert!(matches!(refused.cause(), Cause::Sink(Error::OtherDatabase { .. })), "{refused}");
    Ok(())
}

#[tokio::test]
async fn async_commit_in_a_transaction_succeeds() -> Tested {
    let database = Database::new();
    let store = Store::from(database.store.clone());
    let mut user = database.user();
    let mut transaction = user.transaction()?;
    LampMachine::create(Id::from(1)).commit_async(&mut store.within(&mut transaction)).await?;
    transaction.commit()?;
    store.resume::<LampState>(Id::from(1)).await?;
    Ok(())
}

#[test]
fn transaction_with_a_stale_snapshot_is_refused_with_a_remedy() -> Tested {
    let database = Database::new();
    let store = Store::from(database.store.clone());
    database.store.register::<LampState>()?;
    let mut user = database.user();
    let mut transaction = user.transaction()?;
    transaction.query_row("SELECT count(*) FROM reports", [], |row| row.get::<_, i64>(0))?;
    LampMachine::create(Id::from(1)).commit(&database.store)?;
    let refused = LampMachine::create(Id::from(2)).commit(store.within(&mut transaction)).expect_err("it is too late");
    assert!(refused.cause().to_string().contains("before another connection wrote; begin it `IMMEDIATE`"), "{refused}");
    Ok(())
}
