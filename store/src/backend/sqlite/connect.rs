//! Opens connections: the one that writes, and those that only read.

use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::address::Address;
use super::{failure, files, migrate};
use crate::Error;
use crate::options::Synchronous;

/// How a database is opened.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) address: Address,
    pub(crate) synchronous: Synchronous,
    pub(crate) timeout: Duration,
    /// Whether what protects the tables is made again.
    pub(crate) restores: bool,
}

/// The number of statements that a connection keeps prepared: a few, and two for each state of a machine with a table.
const PREPARED: usize = 256;

/// How many pages the log gathers before they are moved into the database: each of them once, with two syncs. SQLite's own
/// thousand would be there after 140 commits. Up to 4062 a reader looks a page up in one part of the log's index, as it does
/// then; the more of them are the same page, the longer the writer looks for a place there, so more would not gain much.
const CHECKPOINT_PAGES: u32 = 4000;

/// The connection that writes, to a database of this schema.
pub(crate) fn writer(settings: &Settings) -> Result<Connection, Error> {
    let Address::File(path) = &settings.address else {
        let connection =
            Connection::open_in_memory().map_err(|error| failure::database("opening a database", error))?;
        set(&connection, settings).map_err(|error| failure::database("opening a database", error))?;
        migrate::migrate(&connection, settings)?;
        return Ok(connection);
    };
    files::check_before_opening(path)?;
    let opening = |error| failure::opening(path, settings.timeout, error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(opening)?;
    files::check_writable(&connection, path)?;
    set(&connection, settings).and_then(|()| enable_wal(&connection, settings.timeout)).map_err(opening)?;
    migrate::migrate(&connection, settings)?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(crate) fn reader(settings: &Settings) -> Result<Connection, Error> {
    let Address::File(path) = &settings.address else { return Err(Error::StoreClosed) };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags);
    let set = opened.and_then(|connection| {
        keep_prepared(&connection)?;
        connection.busy_timeout(settings.timeout)?;
        Ok(connection)
    });
    set.map_err(|error| failure::opening(path, settings.timeout, error))
}

fn set(connection: &Connection, settings: &Settings) -> rusqlite::Result<()> {
    let synchronous = match settings.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    keep_prepared(connection)?;
    connection.busy_timeout(settings.timeout)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", CHECKPOINT_PAGES, |_| Ok(()))
}

/// Makes a plan once for all values. After `ANALYZE` SQLite would plan again for each value that is bound, which took two
/// fifths of the time of reading a history; each query here has an index made for it.
fn keep_prepared(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(PREPARED);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Readers do not wait for the writer, nor it for them. SQLite does not wait where two set this at once, so it is tried
/// again here.
fn enable_wal(connection: &Connection, timeout: Duration) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0)) {
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
                    && start.elapsed() < timeout =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome.map(drop),
        }
    }
}
