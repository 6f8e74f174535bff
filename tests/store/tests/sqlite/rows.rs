//! The application's own row: missing, edited manually, or in a table that does not match its declaration.

use std::path::Path;

use rusqlite::Connection;
use tollgate::uuid::Uuid;
use tollgate::{Cause, Id, StateMachine, Subject};
use tollgate_store::{Error, Sqlite};

use crate::Tested;
use crate::machines::{Database, Report, ReportMachine, ReportState, assert_whole, directory};

#[test]
fn a_creation_needs_the_row_and_writes_nothing_without_it() -> Tested {
    let database = Database::new();
    let refused = ReportMachine::create(Report { id: 7 }).commit(&database.store).expect_err("there is no row");
    assert_eq!(
        refused.cause().to_string(),
        "the sink refused: `reports` has no row of Report 7; insert it first, in the same transaction as its creation"
    );
    assert_eq!(database.count("SELECT count(*) FROM tollgate_record"), 0);
    database.report(7);
    refused.into_step().commit(&database.store)?;
    assert_whole(&database.path());
    Ok(())
}

#[test]
fn manually_edited_row_is_an_error_with_row_and_history() -> Tested {
    let database = Database::new();
    let report = ReportMachine::create(database.report(7)).commit(&database.store)?;
    database.user().execute("UPDATE reports SET state = 'Published' WHERE id = 7", [])?;
    let said = "the row of Report 7 in `reports` has `Published` at version 1, but its history is in `Draft` at \
         version 1; correct the row";
    let refused = report.submit("bob".into()).commit(&database.store).expect_err("the row says something else");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Disagreement(_))));
    assert_eq!(refused.cause().to_string(), format!("the sink refused: {said}"));
    assert_eq!(database.store.resume::<ReportState>(Report { id: 7 }).expect_err("nor is it read").to_string(), said);
    assert_eq!(database.count("SELECT count(*) FROM tollgate_record"), 1);
    database.user().execute("UPDATE reports SET state = 'Draft', version = 5 WHERE id = 7", [])?;
    let refused = refused.into_step().commit(&database.store).expect_err("its version is another");
    assert!(refused.cause().to_string().contains("has `Draft` at version 5"), "{refused}");
    database.user().execute("UPDATE reports SET version = 1 WHERE id = 7", [])?;
    refused.into_step().commit(&database.store)?;
    database.user().execute("DELETE FROM reports WHERE id = 7", [])?;
    let refused = database.store.resume::<ReportState>(Report { id: 7 }).expect_err("its row is gone");
    assert!(matches!(refused, Error::NoRow { table: "reports", .. }), "{refused}");
    Ok(())
}

#[test]
fn a_table_that_is_not_as_it_was_declared_is_refused_when_the_machine_is_registered() -> Tested {
    let directory = directory();
    let path = directory.path().join("app.db");
    let store = Sqlite::open(&path)?;
    let refused = || store.register::<ReportState>().expect_err("the table is not as declared").to_string();
    assert_eq!(
        refused(),
        "table `reports` of Report: the database has no such table; make it first, or name its schema as in `schema.table`"
    );
    let user = Connection::open(&path)?;
    user.execute_batch("CREATE TABLE reports (id INTEGER PRIMARY KEY, state TEXT)")?;
    assert_eq!(refused(), "table `reports` of Report: it has no column `version`; its columns are `id`, `state`");
    user.execute_batch("ALTER TABLE reports ADD version INTEGER")?;
    store.register::<ReportState>()?;
    Ok(())
}

#[test]
fn failed_constraint_of_the_application_writes_no_record() -> Tested {
    let database = Database::new();
    database.user().execute_batch(
        "CREATE TRIGGER no_review BEFORE UPDATE ON reports WHEN NEW.state = 'Review'
         BEGIN SELECT RAISE(ABORT, 'nobody reviews today'); END",
    )?;
    let report = ReportMachine::create(database.report(7)).commit(&database.store)?;
    let refused = report.submit("bob".into()).commit(&database.store).expect_err("the trigger refuses it");
    let said = refused.cause().to_string();
    assert!(said.starts_with("the sink refused: moving the `reports` row of Report 7 in `"), "{said}");
    assert!(said.ends_with("nobody reviews today"), "{said}");
    assert_whole(&database.path());
    Ok(())
}

#[test]
fn two_rows_of_one_id_are_not_moved() -> Tested {
    #[derive(Debug, Clone, Subject)]
    #[subject(table = "twins", state = "state")]
    struct Twin {
        #[subject(id)]
        id: String,
    }
    #[derive(Debug, StateMachine)]
    #[machine(subject = Twin)]
    #[transition(wake, from = Asleep, to = Awake)]
    enum TwinState {
        #[state(initial)]
        Asleep,
        #[state(terminal)]
        Awake,
    }
    let database = Database::new();
    database
        .user()
        .execute_batch("CREATE TABLE twins (id TEXT, state TEXT); INSERT INTO twins (id) VALUES ('a'), ('a')")?;
    let refused = TwinMachine::create(Twin { id: "a".into() }).commit(&database.store).expect_err("which of them?");
    let said = "table `twins` of Twin: 2 rows of Twin a were updated; exactly one row must have its id";
    assert_eq!(refused.cause().to_string(), format!("the sink refused: {said}"));
    assert_eq!(database.count("SELECT count(*) FROM twins WHERE state IS NOT NULL"), 0);
    let _ = TwinState::Awake;
    Ok(())
}

#[derive(Debug, Clone, Subject)]
#[subject(table = "parcels", state = "state")]
struct Parcel {
    #[subject(id)]
    id: Id,
}

#[derive(Debug, StateMachine)]
#[machine(subject = Parcel)]
#[transition(send, from = Packed, to = Sent)]
enum ParcelState {
    #[state(initial)]
    Packed,
    #[state(terminal)]
    Sent,
}

/// Creates and sends the parcel, whose row has `id` in a column of this type.
fn sends(path: &Path, column: &str, id: &dyn rusqlite::ToSql, parcel: &Parcel) -> Tested {
    let user = Connection::open(path)?;
    user.execute_batch(&format!(
        "DROP TABLE IF EXISTS parcels; CREATE TABLE parcels (id {column} PRIMARY KEY, state TEXT)"
    ))?;
    user.execute("INSERT INTO parcels (id) VALUES (?1)", [id])?;
    let store = Sqlite::open(path)?;
    ParcelMachine::create(parcel.clone()).commit(&store)?.send().commit(&store)?;
    let AnyParcel::Sent(_) = store.resume::<ParcelState>(parcel.clone())? else { panic!("it was sent") };
    assert_eq!(user.query_row("SELECT state FROM parcels", [], |row| row.get::<_, String>(0))?, "Sent");
    Ok(())
}

#[test]
fn a_subject_is_named_by_an_integer_a_text_or_a_uuid_in_either_form() -> Tested {
    let directory = directory();
    let path = directory.path().join("app.db");
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    sends(&path, "INTEGER", &7, &Parcel { id: 7.into() })?;
    sends(&path, "TEXT", &"box-7", &Parcel { id: "box-7".into() })?;
    sends(&path, "TEXT", &one.to_string(), &Parcel { id: one.into() })?;
    sends(&path, "BLOB", &two.as_bytes(), &Parcel { id: two.into() })?;
    let store = Sqlite::open(&path)?;
    let refused = ParcelMachine::create(Parcel { id: u64::MAX.into() }).commit(&store).expect_err("it is too large");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Unstorable { .. })), "{refused}");
    Ok(())
}
