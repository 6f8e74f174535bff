//! Raw SQL against the history: records without a declared edge are refused, and existing records cannot change.

use rusqlite::Connection;

use crate::Tested;
use crate::machines::{Database, ReportMachine};

/// Creates and submits a report.
fn submitted() -> Database {
    let database = Database::new();
    let report = ReportMachine::create(database.report(7)).commit(&database.store).expect("it is created");
    report.submit("bob".into()).commit(&database.store).expect("it is submitted");
    database
}

/// Inserts a copy of the last record, with some values replaced.
fn forged(user: &Connection, verb: &str, replaced: &[(&str, &str)]) -> Result<(), String> {
    const COLUMNS: [&str; 12] = [
        "id",
        "at",
        "kind",
        "subject_kind",
        "subject",
        "machine",
        "edge",
        "version",
        "actor_kind",
        "actor",
        "prev",
        "digest",
    ];
    let values = COLUMNS.map(|column| {
        let replaced = replaced.iter().find(|(name, _)| *name == column);
        match (replaced, column) {
            (Some((_, value)), _) => *value,
            (None, "id") => "unhex(substr(hex(id), 1, 12) || hex(randomblob(10)))",
            (None, "version") => "3",
            (None, "edge") => "(SELECT id FROM tollgate_edge WHERE transition = 'approve')",
            (None, "actor_kind") => "'user'",
            (None, "actor") => "'eve'",
            (None, "prev") => "digest",
            (None, "digest") => "randomblob(32)",
            (None, kept) => kept,
        }
    });
    let sql = format!(
        "{verb} INTO tollgate_record ({}) SELECT {} FROM tollgate_record WHERE version = 2",
        COLUMNS.join(", "),
        values.join(", ")
    );
    user.execute(&sql, []).map(drop).map_err(|error| error.to_string())
}

#[test]
fn record_along_an_edge_after_the_last_is_accepted() {
    // The attacks below change one value of this valid record, so each is refused for that value.
    assert_eq!(forged(&submitted().user(), "INSERT", &[]), Ok(()));
}

#[test]
fn record_without_an_edge_is_refused() {
    let database = submitted();
    let user = database.user();
    let edge = "tollgate: not along a declared edge of the machine, or without the actor or reason that it requires";
    let actor = "tollgate: actor and actor_kind must be set together; actor_kind is user, service or system";
    let taken = "tollgate: there is a record of this id, or of this version of the subject";
    let follow = "tollgate: it does not follow the last record of the subject";
    let id = "tollgate: the id does not begin with the milliseconds of its time";
    for (replaced, said) in [
        (("edge", "4711"), edge),
        (("edge", "NULL"), edge),
        (("machine", "4711"), edge),
        (("machine", "NULL"), edge),
        (("actor", "NULL"), edge),
        (("actor", "' '"), edge),
        (("actor", "char(8195, 133, 9)"), edge),
        (("version", "9223372036854775807"), follow),
        (("subject", "NULL"), edge),
        (("actor_kind", "NULL"), actor),
        (("actor_kind", "'robot'"), actor),
        (("kind", "'creation'"), edge),
        (("kind", "'event'"), edge),
        (("version", "0"), edge),
        (("version", "1"), edge),
        (("version", "2"), taken),
        (("version", "4"), follow),
        (("version", "NULL"), "tollgate: a record without a version is an event or a refusal, with what these hold"),
        (("edge", "(SELECT id FROM tollgate_edge WHERE transition = 'submit')"), follow),
        (("subject", "'8'"), follow),
        (("prev", "NULL"), follow),
        (("prev", "randomblob(32)"), follow),
        (("at", "'2001-01-01T00:00:00.000000000Z'"), id),
        (("id", "randomblob(16)"), id),
        (("id", "x'00'"), id),
        (("id", "substr(id, 1, 15)"), "CHECK constraint failed: length(id) = 16"),
    ] {
        for verb in ["INSERT", "INSERT OR REPLACE"] {
            assert_eq!(forged(&user, verb, &[replaced]), Err(said.to_owned()), "{verb} {replaced:?}");
        }
        // `OR IGNORE` skips the row without an error; it must not be written either.
        let _ = forged(&user, "INSERT OR IGNORE", &[replaced]);
    }
    // A time before the last record, with an id of that time.
    let early = [("at", "'2001-01-01T00:00:00.001000000Z'"), ("id", "unhex('00E3C7A73401' || hex(randomblob(10)))")];
    assert_eq!(forged(&user, "INSERT", &early), Err(follow.to_owned()));
    assert_eq!(database.count("SELECT count(*) FROM tollgate_record"), 2);
}

#[test]
fn record_after_the_one_before_the_last_is_refused() {
    let database = submitted();
    let submit = ("edge", "(SELECT id FROM tollgate_edge WHERE transition = 'submit')");
    for verb in ["INSERT", "INSERT OR REPLACE"] {
        let again = forged(&database.user(), verb, &[("version", "2"), submit, ("prev", "prev")]);
        let taken = "tollgate: there is a record of this id, or of this version of the subject";
        assert_eq!(again, Err(taken.to_owned()), "{verb}");
    }
    assert_eq!(database.count("SELECT count(*) FROM tollgate_record"), 2);
}

#[test]
fn update_delete_or_replace_of_a_record_is_refused() {
    let database = submitted();
    let user = database.user();
    for (table, column) in [
        ("schema", "version"),
        ("machine", "name"),
        ("chart", "name"),
        ("state", "name"),
        ("edge", "to_state"),
        ("record", "reason"),
    ] {
        let before = database.count(&format!("SELECT count(*) FROM tollgate_{table}"));
        for sql in [
            format!("UPDATE tollgate_{table} SET {column} = {column}"),
            format!("UPDATE OR REPLACE tollgate_{table} SET {column} = {column}"),
            format!("DELETE FROM tollgate_{table}"),
            format!("INSERT OR REPLACE INTO tollgate_{table} SELECT * FROM tollgate_{table}"),
            format!("INSERT OR IGNORE INTO tollgate_{table} SELECT * FROM tollgate_{table}"),
        ] {
            let said = user.execute(&sql, []).expect_err("it is refused").to_string();
            let is_expected = said.starts_with("tollgate: stored rows cannot be changed")
                || said.starts_with("tollgate: not along")
                || said.starts_with("tollgate: there is a record of this id");
            assert!(is_expected, "{sql}: {said}");
        }
        assert_eq!(database.count(&format!("SELECT count(*) FROM tollgate_{table}")), before);
    }
    let said = forged(&user, "INSERT OR REPLACE", &[("id", "id")]).expect_err("the id is taken");
    assert_eq!(said, "tollgate: there is a record of this id, or of this version of the subject");
    let event = "INSERT OR REPLACE INTO tollgate_record (id, at, kind, event) SELECT id, at, 'event', 'forged' \
                 FROM tollgate_record";
    let said = user.execute(event, []).expect_err("the id is taken").to_string();
    assert_eq!(said, "tollgate: there is a record of this id");
}

#[test]
fn open_on_a_table_of_another_program_names_it_and_changes_nothing() -> Tested {
    for (sql, table) in [
        ("CREATE TABLE tollgate_record (note TEXT)", "tollgate_record"),
        ("CREATE TABLE tollgate_schema (name TEXT)", "tollgate_schema"),
        ("CREATE VIEW tollgate_history AS SELECT 1", "tollgate_history"),
    ] {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("app.db");
        let user = Connection::open(&path)?;
        user.execute_batch(sql)?;
        let refused = tollgate_store::Sqlite::open(&path).expect_err("it is another program's").to_string();
        assert_eq!(
            refused,
            format!("`{table}` is not a table of this store; rename it, or give the store a separate file")
        );
        assert_eq!(user.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))?, 1);
    }
    Ok(())
}

#[test]
fn a_schema_of_a_later_build_is_refused() -> Tested {
    let database = submitted();
    database.user().execute("INSERT INTO tollgate_schema (version) VALUES (4711)", [])?;
    let refused = tollgate_store::Sqlite::open(database.path()).expect_err("it is too new");
    assert!(matches!(refused, tollgate_store::Error::SchemaTooNew { found: 4711, known: 1 }), "{refused}");
    Ok(())
}
