//! An SQLite file: each write stores its events in the same transaction, and subscribers are notified after it.

use std::error::Error;
use std::fs;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction};
use tollgate::hub::RegistrationError;
use tollgate::observer::{Buffer, Observer};
use tollgate::{Event, Hub, Record, Sink, sink};

/// The database, and the hub that is notified of each write.
pub(crate) struct Database<'h> {
    connection: Connection,
    hub: Hub<'h>,
}

impl<'h> Database<'h> {
    /// A new file at this path, in place of the one that is there.
    pub(crate) fn create(path: &Path, hub: Hub<'h>) -> Result<Self, Box<dyn Error>> {
        if path.try_exists()? {
            fs::remove_file(path)?;
        }
        let connection = Connection::open(path)?;
        connection.execute(
            "create table audit (id text primary key, event text not null, actor text, record text not null)",
            (),
        )?;
        Ok(Self { connection, hub })
    }

    /// The hub, for plugins to install themselves.
    pub(crate) fn hub(&mut self) -> &mut Hub<'h> {
        &mut self.hub
    }

    /// Writes in one transaction. After the commit the hub is notified of its events, in their order. If `write` or the
    /// commit fails, nothing is written and the hub is not notified.
    ///
    /// Everything that can refuse the write comes before the commit. After it, nothing may fail or panic: the caller would
    /// take a committed write for one that was rolled back.
    pub(crate) fn write(
        &mut self,
        actor: &'static str,
        write: impl FnOnce(&mut Write<'_, 'h>) -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let transaction = self.connection.transaction()?;
        let mut buffer = Buffer::new();
        let log = sink::adapt(Audit(&transaction)).observed_by(buffer.by_ref()).by(actor);
        write(&mut Write { transaction: &transaction, log: Box::new(log), hub: &mut self.hub })?;
        transaction.commit()?;
        // The write is committed, so a failure is not an error of it: the hub reports it to its `on_failure`.
        buffer.deliver(&mut self.hub);
        Ok(())
    }
}

/// The sink of a write.
type Log<'t> = dyn Sink<Error = rusqlite::Error> + 't;

/// A write that is under way.
pub(crate) struct Write<'t, 'h> {
    transaction: &'t Transaction<'t>,
    log: Box<Log<'t>>,
    hub: &'t mut Hub<'h>,
}

impl<'t> Write<'t, '_> {
    /// Returns the sink for this event. Its type is registered first: a hub does not deliver events of a type that it does
    /// not know, and after the commit it is too late to refuse one.
    pub(crate) fn log<E: Event>(&mut self, _: &E) -> Result<&mut Log<'t>, RegistrationError> {
        self.hub.register::<E>()?;
        Ok(&mut *self.log)
    }

    /// Runs one statement.
    pub(crate) fn execute(&self, sql: &str, parameters: impl rusqlite::Params) -> rusqlite::Result<()> {
        self.transaction.execute(sql, parameters).map(drop)
    }

    /// Runs a statement that is about one row, which must be there: else there is nothing to record.
    pub(crate) fn execute_on_row(&self, sql: &str, parameters: impl rusqlite::Params) -> rusqlite::Result<()> {
        match self.transaction.execute(sql, parameters)? {
            1 => Ok(()),
            changed => Err(rusqlite::Error::StatementChangedRows(changed)),
        }
    }

    /// The schema of the table, as SQLite has it.
    pub(crate) fn schema(&self, table: &str) -> rusqlite::Result<String> {
        schema(self.transaction, table)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
    }
}

/// The sink: it writes each record in the transaction that the record describes, so that both are written or neither.
struct Audit<'t>(&'t Transaction<'t>);

impl Sink for Audit<'_> {
    type Error = rusqlite::Error;

    fn on_success(&mut self, record: &Record) -> rusqlite::Result<()> {
        let json =
            serde_json::to_string(record).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        let actor = record.actor.as_ref().map(|actor| actor.id.to_string());
        let row = (record.id.to_string(), record.event.as_deref(), actor, json);
        self.0.execute("insert into audit values (?, ?, ?, ?)", row).map(drop)
    }
}

fn schema(connection: &Connection, table: &str) -> rusqlite::Result<Option<String>> {
    let sql = "select sql from sqlite_master where type = 'table' and name = ?";
    connection.query_row(sql, [table], |row| row.get(0)).optional()
}

/// A second connection to the file, which sees only committed data.
pub(crate) struct Reader(Connection);

impl Reader {
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        Connection::open(path).map(Self)
    }

    /// Returns the number of rows in the table, or `None` if there is no such table.
    pub(crate) fn rows(&self, table: &str) -> rusqlite::Result<Option<i64>> {
        if schema(&self.0, table)?.is_none() {
            return Ok(None);
        }
        // The name comes from `sqlite_master`, and a quote in it is doubled, as SQL wants it.
        let table = table.replace('"', "\"\"");
        self.0.query_row(&format!("select count(*) from \"{table}\""), (), |row| row.get(0)).map(Some)
    }

    /// The audit table, in the order of its records.
    pub(crate) fn trail(&self) -> Result<Vec<Record>, Box<dyn Error>> {
        let mut rows = self.0.prepare("select record from audit order by rowid")?;
        let lines = rows.query_map((), |row| row.get::<_, String>(0))?;
        lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
    }
}
