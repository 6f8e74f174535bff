//! Files that are moved, removed or replaced under a store: no commit is acknowledged into a file that is gone.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tollgate::{Cause, Id};
use tollgate_store::{Error, Sqlite, Store};

use crate::Tested;
use crate::child::Child;
use crate::machines::{AnyReport, Database, LampMachine, LampState, Report, ReportMachine, ReportState, assert_whole};

/// Returns the file that an error names, and the text of the error.
fn misplaced<T>(outcome: Result<T, Error>) -> (PathBuf, String) {
    match outcome.map(drop).expect_err("the file is not where it was") {
        error @ Error::File { .. } => {
            let text = error.to_string();
            let Error::File { path, .. } = error else { unreachable!("it was one") };
            (path, text)
        }
        other => panic!("{other:?}"),
    }
}

fn create(store: &Sqlite, id: i64) -> Result<(), Error> {
    match LampMachine::create(Id::from(id)).commit(store) {
        Ok(_) => Ok(()),
        Err(refused) => match refused.into_cause() {
            Cause::Sink(error) => Err(error),
            other => panic!("{other:?}"),
        },
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(end);
    name.into()
}

/// Opens a store with two lamps on record.
fn with_lamps() -> Database {
    let database = Database::new();
    for id in 1..=2 {
        create(&database.store, id).expect("the file is there");
    }
    database
}

/// Asserts that every call of the store is refused with an error that names this file.
fn assert_refused(database: &Database, named: &Path, why: &str) {
    let store = &database.store;
    let named = fs::canonicalize(named.parent().expect("it is in a directory"))
        .map_or_else(|_| named.to_owned(), |directory| directory.join(named.file_name().expect("it is a file")));
    for id in 100..200 {
        let (path, text) = misplaced(create(store, id));
        assert_eq!(path, named, "{text}");
        assert!(text.contains(why), "{text}");
    }
    misplaced(store.resume::<LampState>(Id::from(1)));
    misplaced(store.outcome(tollgate::uuid::Uuid::nil()));
    misplaced(store.register::<ReportState>());
    misplaced(store.records().page_blocking(1));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let store = Store::from(store.clone());
        let refused = LampMachine::create(Id::from(300)).commit_async(&store).await.expect_err("it is gone");
        assert!(matches!(refused.cause(), Cause::Sink(Error::File { .. })), "{refused}");
        misplaced(store.resume::<LampState>(Id::from(1)).await);
        misplaced(store.records().page(1).await);
    });
}

fn lamps(path: &Path) -> i64 {
    let count = "SELECT count(DISTINCT subject) FROM tollgate_record";
    Connection::open(path).and_then(|user| user.query_row(count, [], |row| row.get(0))).expect("it counts")
}

#[test]
fn commit_after_file_was_removed_is_refused() {
    let database = with_lamps();
    fs::remove_file(database.path()).expect("it was there");
    assert_refused(&database, &database.path(), "was moved or removed");
}

#[test]
fn commit_after_all_files_were_removed_is_refused() {
    let database = with_lamps();
    for end in ["", "-wal", "-shm"] {
        fs::remove_file(beside(&database.path(), end)).expect("it was there");
    }
    assert_refused(&database, &database.path(), "was moved or removed");
}

#[test]
fn commit_after_file_was_removed_and_made_again_by_another_store_is_refused() -> Tested {
    let database = with_lamps();
    for end in ["", "-wal", "-shm"] {
        fs::remove_file(beside(&database.path(), end))?;
    }
    let other = Sqlite::open(database.path())?;
    create(&other, 7)?;
    assert_refused(&database, &database.path(), "was replaced");
    create(&other, 8)?;
    assert_eq!(lamps(&database.path()), 2);
    Ok(())
}

#[test]
fn commit_after_log_or_its_index_was_removed_is_refused_and_nothing_is_lost() -> Tested {
    for end in ["-wal", "-shm"] {
        let database = with_lamps();
        let log = beside(&database.path(), end);
        fs::remove_file(&log)?;
        assert_refused(&database, &log, "was removed");
        let (path, directory) = (database.path(), database.directory);
        drop(database.store);
        let again = Sqlite::open(&path)?;
        create(&again, 3)?;
        assert_eq!(lamps(&path), 3, "without {end}");
        drop(directory);
    }
    Ok(())
}

#[test]
fn commit_after_backup_was_moved_over_the_file_is_refused_until_the_store_is_opened_again() -> Tested {
    let database = with_lamps();
    let backup = database.directory.path().join("backup.db");
    database.user().execute("VACUUM INTO ?1", [backup.display().to_string()])?;
    create(&database.store, 3)?;
    fs::rename(&backup, database.path())?;
    assert_refused(&database, &database.path(), "was replaced");

    // The write-ahead log of the former file does not belong to this one.
    for end in ["-wal", "-shm"] {
        fs::remove_file(beside(&database.path(), end))?;
    }
    let restored = Sqlite::open(database.path())?;
    create(&restored, 4)?;
    assert_eq!(lamps(&database.path()), 3);
    // The store that is closed last does not remove the log of the other file.
    let (path, _directory) = (database.path(), database.directory);
    drop(database.store);
    create(&restored, 5)?;
    assert!(beside(&path, "-wal").exists());
    assert_eq!(lamps(&path), 4);
    Ok(())
}

#[test]
fn commit_after_folder_was_renamed_is_refused_until_it_is_restored() -> Tested {
    let parent = crate::machines::directory();
    let (folder, elsewhere) = (parent.path().join("data"), parent.path().join("moved"));
    fs::create_dir(&folder)?;
    let store = Sqlite::open(folder.join("app.db"))?;
    create(&store, 1)?;
    fs::rename(&folder, &elsewhere)?;
    let (_, text) = misplaced(create(&store, 2));
    assert!(text.contains("put it back"), "{text}");
    fs::rename(&elsewhere, &folder)?;
    create(&store, 2)?;
    // Another folder in its place does not contain its files.
    fs::rename(&folder, &elsewhere)?;
    fs::create_dir(&folder)?;
    misplaced(create(&store, 3));
    fs::write(&folder, "").expect_err("it is a directory");
    fs::remove_dir(&folder)?;
    fs::write(&folder, "")?;
    misplaced(create(&store, 3));
    assert_eq!(lamps(&elsewhere.join("app.db")), 2);
    Ok(())
}

#[test]
fn file_with_a_second_name_is_refused_until_that_is_removed() -> Tested {
    let database = with_lamps();
    let second = database.directory.path().join("second.db");
    fs::hard_link(database.path(), &second)?;
    let (path, text) = misplaced(create(&database.store, 3));
    assert!(path == fs::canonicalize(database.path())? && text.contains("a hard link"), "{text}");
    misplaced(Sqlite::open(&second));
    fs::remove_file(&second)?;
    create(&database.store, 3)?;
    // Under the other name alone, the file is not next to its log.
    fs::hard_link(database.path(), &second)?;
    fs::remove_file(database.path())?;
    misplaced(create(&database.store, 4));
    fs::rename(&second, database.path())?;
    create(&database.store, 4)?;
    assert_eq!(lamps(&database.path()), 4);
    Ok(())
}

#[test]
fn commit_after_symbolic_link_was_pointed_elsewhere_is_refused() -> Tested {
    let directory = crate::machines::directory();
    let [link, one, other] = ["app.db", "one.db", "other.db"].map(|name| directory.path().join(name));
    symlink(&one, &link)?;
    let store = Sqlite::open(&link)?;
    create(&store, 1)?;
    drop(Sqlite::open(&other)?);
    fs::remove_file(&link)?;
    symlink(&other, &link)?;
    assert!(misplaced(create(&store, 2)).1.contains("was replaced"));
    fs::remove_file(&link)?;
    symlink(&one, &link)?;
    create(&store, 2)?;
    assert_eq!((lamps(&one), lamps(&other)), (2, 0));
    Ok(())
}

#[test]
fn commit_in_a_transaction_after_file_was_removed_is_refused() -> Tested {
    let database = with_lamps();
    let (mut user, store) = (database.user(), Store::from(database.store.clone()));
    fs::remove_file(database.path())?;
    let mut transaction = user.transaction()?;
    let refused = LampMachine::create(Id::from(3)).commit(store.within(&mut transaction)).expect_err("it is gone");
    assert!(matches!(refused.cause(), Cause::Sink(Error::File { .. })), "{refused}");
    Ok(())
}

#[test]
fn database_in_memory_has_no_file_that_could_be_removed() -> Tested {
    let store = Sqlite::in_memory()?;
    create(&store, 1)?;
    create(&store, 2)?;
    Ok(())
}

#[test]
fn processes_on_a_file_that_is_removed_or_replaced_all_stop() -> Tested {
    for is_replaced in [false, true] {
        let database = Database::new();
        let path = database.path();
        ReportMachine::create(database.report(1)).commit(&database.store)?;
        let backup = database.directory.path().join("backup.db");
        database.user().execute("VACUUM INTO ?1", [backup.display().to_string()])?;
        let mut children = [(); 3].map(|()| Child::start("until_refused", &path));
        for child in &mut children {
            child.heard().expect("it commits");
        }
        if is_replaced {
            fs::rename(&backup, &path)?;
        } else {
            fs::remove_file(&path)?;
        }
        // From here on acknowledged records are lost: at most the commits in progress.
        for child in children {
            let (said, is_success) = child.ended();
            let last = said.last().expect("it says why it ends");
            assert!(is_success && last.contains("open the store again"), "{said:?}");
        }
        misplaced(database.store.resume::<ReportState>(Report { id: 1 }));
        if is_replaced {
            for end in ["-wal", "-shm"] {
                let _ = fs::remove_file(beside(&path, end));
            }
            let AnyReport::Draft(report) = Sqlite::open(&path)?.resume::<ReportState>(Report { id: 1 })? else {
                panic!("no step submits it")
            };
            assert_eq!(report.version(), 1);
            assert_whole(&path);
        }
    }
    Ok(())
}
