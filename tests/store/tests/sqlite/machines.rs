//! The machines of the tests, and the table of reports.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use rusqlite::Connection;
use tempfile::TempDir;
use tollgate::{Actor, StateMachine, Subject};
use tollgate_store::Sqlite;

#[derive(Debug, Clone, Subject)]
#[subject(table = "reports", state = "state", version = "version")]
pub(crate) struct Report {
    #[subject(id)]
    pub(crate) id: i64,
}

#[derive(Debug, StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review)]
#[transition(approve, from = Review, to = Published, permission = may_approve)]
#[transition(reject, from = Review, to = Draft, requires(actor, reason))]
#[transition(comment, from = _, to = _)]
pub(crate) enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

fn may_approve(_: &Report, actor: &Actor) -> bool {
    actor.id.as_str() != Some("eve")
}

/// A lamp without a table; only its history holds its state.
#[derive(Debug, StateMachine)]
#[transition(turn, from = Off, to = On)]
#[transition(turn, from = On, to = Off)]
pub(crate) enum LampState {
    #[state(initial)]
    Off,
    On,
}

/// Returns a directory on the disk of the build, since the default temporary directory may be in memory.
pub(crate) fn directory() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the directory of the build takes another one")
}

/// Runs the check synchronously: a file never waits.
pub(crate) fn assert_whole(path: &Path) {
    let database = tollgate_store_tests::Database::in_file(path);
    let checked = pin!(tollgate_store_tests::agrees(&database)).poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(checked, Poll::Ready(Ok(()))), "{checked:?}");
}

/// A database in a file, with the table of reports.
pub(crate) struct Database {
    pub(crate) directory: TempDir,
    pub(crate) store: Sqlite,
}

impl Database {
    pub(crate) fn new() -> Self {
        let directory = directory();
        let path = directory.path().join("app.db");
        let user = Connection::open(&path).expect("a file is made");
        user.execute_batch("CREATE TABLE reports (id INTEGER PRIMARY KEY, title TEXT, state TEXT, version INTEGER)")
            .expect("a table is made");
        Self { store: Sqlite::open(path).expect("the store opens"), directory }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("app.db")
    }

    /// The user's own connection.
    pub(crate) fn user(&self) -> Connection {
        Connection::open(self.path()).expect("the file is there")
    }

    /// Inserts a row that has no state yet.
    pub(crate) fn report(&self, id: i64) -> Report {
        self.user().execute("INSERT INTO reports (id, title) VALUES (?1, 'Trees')", [id]).expect("a row is inserted");
        Report { id }
    }

    pub(crate) fn row(&self, id: i64) -> (Option<String>, Option<i64>) {
        let row = self
            .user()
            .query_row("SELECT state, version FROM reports WHERE id = ?1", [id], |row| Ok((row.get(0)?, row.get(1)?)));
        row.expect("the row is there")
    }

    pub(crate) fn count(&self, sql: &str) -> i64 {
        self.user().query_row(sql, [], |row| row.get(0)).expect("it counts")
    }
}
