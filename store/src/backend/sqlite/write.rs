//! Records written, each with its row: all of them or none.

use rusqlite::{Connection, Statement};
use tollgate::uuid::Uuid;

use super::Statements;
use super::failure::{self, is_refusal};
use super::id_value::IdValue;
use super::read;
use crate::Error;
use crate::backend::catalog::Known;
use crate::commit::diagnosis::SubjectState;
use crate::row::{Row, Stored};

/// A record on its way into the database.
#[derive(Debug)]
pub(crate) struct Change {
    /// Its position among the records of the commit.
    pub(crate) position: usize,
    pub(crate) at: String,
    pub(crate) row: Row,
    /// Its machine; an event may have none.
    pub(crate) known: Option<Known<Statements>>,
    /// If it updates a row: the state that is left, and the one that is reached.
    pub(crate) moves: Option<(Option<&'static str>, &'static str)>,
}

/// The outcome of a commit.
#[derive(Debug)]
pub(crate) enum WriteOutcome {
    Written,
    /// Nothing was written: other records or the row are in the way.
    Blocked(Vec<Obstacle>),
    /// The database failed.
    Failed {
        operation: Operation,
        error: rusqlite::Error,
    },
    /// It was not written: the number of a machine has changed.
    Stale,
    /// The rows could not be read, or the file is not where it was.
    Unread(Error),
    /// The outcome is unknown: the database failed, and failed again at the retry.
    Unknown(rusqlite::Error),
}

/// The reason why a record cannot be written, as the database has it.
#[derive(Debug)]
pub(crate) struct Obstacle {
    /// The position of the record in the commit.
    pub(crate) position: usize,
    /// The stored record of the same id.
    pub(crate) same: Option<Stored>,
    pub(crate) last: SubjectState,
    pub(crate) rejection: Rejection,
}

/// The reason why the database did not take a record.
#[derive(Debug)]
pub(crate) enum Rejection {
    /// The database refused it.
    Refused(rusqlite::Error),
    /// The number of updated rows, if it is not one.
    Moved(usize),
}

/// The operation that was running when the database failed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    Waiting,
    /// Writing the record at this position.
    Record(usize),
    /// Moving the row of the record at this position.
    Row(usize),
    Committing,
}

/// The reason why a commit stopped, and at which of its changes.
#[derive(Debug)]
pub(crate) struct Halt {
    /// The index among the changes.
    index: usize,
    cause: HaltCause,
}

#[derive(Debug)]
enum HaltCause {
    Rejected(Rejection),
    Failed(Operation, rusqlite::Error),
}

impl Halt {
    /// Whether the database refused a record.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.cause, HaltCause::Rejected(Rejection::Refused(_)))
    }

    /// Returns the outcome of the commit. Call it after the rollback: before, the commit would find its own records.
    pub(crate) fn into_outcome(self, connection: &Connection, changes: &[Change]) -> WriteOutcome {
        match self.cause {
            HaltCause::Failed(operation, error) => WriteOutcome::Failed { operation, error },
            HaltCause::Rejected(rejection) => obstacles(connection, changes, self.index, rejection)
                .map_or_else(WriteOutcome::Unread, WriteOutcome::Blocked),
        }
    }
}

/// Writes the records and updates the rows, in a transaction. The record comes first: the second of two writers is refused
/// there, before it has changed anything.
pub(crate) fn write(connection: &Connection, changes: &[Change]) -> Result<(), Halt> {
    for (index, change) in changes.iter().enumerate() {
        let position = change.position;
        if let Err(error) = insert(connection, change) {
            let is_refused = is_refusal(&error);
            let cause = if is_refused {
                HaltCause::Rejected(Rejection::Refused(error))
            } else {
                HaltCause::Failed(Operation::Record(position), error)
            };
            return Err(Halt { index, cause });
        }
        match moved(connection, change) {
            Ok(1) => {}
            Ok(rows) => return Err(Halt { index, cause: HaltCause::Rejected(Rejection::Moved(rows)) }),
            Err(error) => return Err(Halt { index, cause: HaltCause::Failed(Operation::Row(position), error) }),
        }
    }
    Ok(())
}

/// Calls [`write()`], and undoes it if it stops: the transaction is then as it was before.
pub(crate) fn write_whole(connection: &Connection, changes: &[Change]) -> WriteOutcome {
    if let Err(error) = connection.prepare_cached("SAVEPOINT tollgate").and_then(|mut begin| begin.execute([])) {
        return WriteOutcome::Failed { operation: Operation::Waiting, error };
    }
    let written = write(connection, changes);
    let undone = if written.is_ok() { Ok(0) } else { unless_ended(connection, "ROLLBACK TO tollgate") };
    if let Err(error) = undone.and_then(|_| unless_ended(connection, "RELEASE tollgate")) {
        return WriteOutcome::Failed { operation: Operation::Committing, error };
    }
    match written {
        Ok(()) => WriteOutcome::Written,
        Err(halt) => halt.into_outcome(connection, changes),
    }
}

/// Returns the answer of [`write_whole`] for them, without writing.
pub(crate) fn dry_run(connection: &Connection, changes: &[Change]) -> WriteOutcome {
    let run = |sql| connection.prepare_cached(sql).and_then(|mut run| run.execute([]));
    if changes.is_empty() {
        return WriteOutcome::Written;
    }
    if let Err(error) = run("SAVEPOINT tollgate_dry_run") {
        return WriteOutcome::Failed { operation: Operation::Waiting, error };
    }
    let outcome = write_whole(connection, changes);
    let undone = unless_ended(connection, "ROLLBACK TO tollgate_dry_run");
    match undone.and_then(|_| unless_ended(connection, "RELEASE tollgate_dry_run")) {
        Ok(_) => outcome,
        Err(error) => WriteOutcome::Failed { operation: Operation::Waiting, error },
    }
}

/// Runs the statement, unless SQLite has ended the transaction, and its savepoints with it.
fn unless_ended(connection: &Connection, sql: &str) -> rusqlite::Result<usize> {
    if connection.is_autocommit() { Ok(0) } else { connection.prepare_cached(sql)?.execute([]) }
}

const INSERT: &str = "INSERT INTO main.tollgate_record (id, at, kind, subject_kind, subject, machine, edge, version, actor_kind, \
                      actor, actor_name, on_behalf_of, reason, context, data, prev, digest, event, properties, refused_by, \
                      refusal, parameters) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, \
                      ?19, ?20, ?21, ?22)";

fn insert(connection: &Connection, change: &Change) -> rusqlite::Result<()> {
    let row = &change.row;
    let mut insert = connection.prepare_cached(INSERT)?;
    insert.raw_bind_parameter(1, &row.id.as_bytes()[..])?;
    insert.raw_bind_parameter(2, &change.at)?;
    insert.raw_bind_parameter(3, row.kind)?;
    bind(&mut insert, 4, row.subject_kind.as_deref())?;
    bind(&mut insert, 5, row.subject.as_deref())?;
    insert.raw_bind_parameter(6, row.machine)?;
    insert.raw_bind_parameter(7, row.edge)?;
    insert.raw_bind_parameter(8, row.version)?;
    bind(&mut insert, 9, row.actor_kind)?;
    bind(&mut insert, 10, row.actor.as_deref())?;
    bind(&mut insert, 11, row.actor_name.as_deref())?;
    bind(&mut insert, 12, row.on_behalf_of.as_deref())?;
    bind(&mut insert, 13, row.reason.as_deref())?;
    bind(&mut insert, 14, row.context.as_deref())?;
    bind(&mut insert, 15, row.data.as_deref())?;
    insert.raw_bind_parameter(16, row.prev.as_ref().map(|digest| &digest.as_bytes()[..]))?;
    insert.raw_bind_parameter(17, row.digest.as_ref().map(|digest| &digest.as_bytes()[..]))?;
    bind(&mut insert, 18, row.event.as_deref())?;
    bind(&mut insert, 19, row.properties.as_deref())?;
    bind(&mut insert, 20, row.refused_by.as_deref())?;
    bind(&mut insert, 21, row.refusal.as_deref())?;
    bind(&mut insert, 22, row.parameters.as_deref())?;
    if insert.raw_execute()? == 0 { Err(failure::ignored_by_trigger()) } else { Ok(()) }
}

fn bind(statement: &mut Statement<'_>, index: usize, text: Option<&str>) -> rusqlite::Result<()> {
    statement.raw_bind_parameter(index, text)
}

/// How many rows were moved: 1 if it has no row.
fn moved(connection: &Connection, change: &Change) -> rusqlite::Result<usize> {
    let (Some((from, to)), Some(known)) = (change.moves, &change.known) else { return Ok(1) };
    let Some(sql) = known.1.moves.get(&from) else { return Ok(1) };
    let (Some(id), Some(version)) = (&change.row.subject_id, change.row.version) else { return Ok(1) };
    let key = IdValue::of(id);
    let mut update = connection.prepare_cached(sql.sql(&key))?;
    key.bind(&mut update)?;
    update.raw_bind_parameter(3, to)?;
    let last = update.parameter_count();
    if last >= 4 {
        update.raw_bind_parameter(4, version)?;
    }
    if last >= 5 {
        update.raw_bind_parameter(5, version - 1)?;
    }
    update.raw_execute()
}

/// Returns the stored records that have the ids of these; without any, the obstacle of the record that stopped.
fn obstacles(
    connection: &Connection,
    changes: &[Change],
    index: usize,
    rejection: Rejection,
) -> Result<Vec<Obstacle>, Error> {
    let mut found = Vec::new();
    for change in changes {
        let Some(same) = read::outcome(connection, change.row.id)? else { continue };
        // Only the record of the same id matters here.
        let (last, rejection) = (SubjectState::default(), Rejection::Moved(0));
        found.push(Obstacle { position: change.position, same: Some(same), last, rejection });
    }
    if found.is_empty() {
        let change = &changes[index];
        let last = match (&change.known, &change.row.subject_id) {
            (Some(known), Some(subject)) => read::last(connection, known, subject)?,
            _ => SubjectState::default(),
        };
        found.push(Obstacle { position: change.position, same: None, last, rejection });
    }
    Ok(found)
}

/// Returns the id of the first record, to name a commit whose outcome is unknown.
pub(crate) fn first_id(changes: &[Change]) -> Option<Uuid> {
    changes.first().map(|change| change.row.id)
}
