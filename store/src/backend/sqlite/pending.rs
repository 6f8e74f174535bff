//! The records of a commit, from the offer to the outcome.

use std::borrow::Cow;
use std::ptr;

use rusqlite::Connection;
use tollgate::canonical;
use tollgate::machine::Declaration;
use tollgate::{Digest, Record, RecordKind};

use super::Statements;
use super::columns;
use super::failure;
use super::write::{Change, Obstacle, Operation, Rejection, WriteOutcome};
use super::{read, write};
use crate::Error;
use crate::backend::catalog::Known;
use crate::commit::diagnosis::{Diagnosis, diagnose};
use crate::row::Row;
use crate::row::chain::Heads;
use crate::row::id_text;

/// The records of a commit.
pub(crate) struct Pending<'r> {
    records: Vec<Cow<'r, Record>>,
    known: Vec<Option<Known<Statements>>>,
    heads: Heads,
}

/// The key of the record before one that does not name it: its digest is read before the record can be chained.
pub(crate) struct Predecessor {
    position: usize,
    machine: i32,
    subject: String,
    version: u64,
}

impl Predecessor {
    pub(crate) fn digest(&self, connection: &Connection) -> Result<Option<Digest>, Error> {
        read::head(connection, self.machine, &self.subject, self.version)
    }
}

impl<'r> Pending<'r> {
    pub(crate) fn new(records: impl Iterator<Item = &'r Record>, known: Vec<Option<Known<Statements>>>) -> Self {
        let heads = vec![None; known.len()];
        Self { records: records.map(Cow::Borrowed).collect(), known, heads }
    }

    /// Returns the predecessors of the records that lack `prev`: their machines were not read from this store.
    pub(crate) fn unchained(&self) -> Vec<Predecessor> {
        let before = |(position, (record, known)): (usize, (&Cow<'_, Record>, &Option<Known<Statements>>))| {
            let is_unchained = record.kind == RecordKind::Transition && record.prev.is_none();
            let (known, subject) = (known.as_ref().filter(|_| is_unchained)?, record.subject.as_ref()?);
            let subject = id_text::to_text(&subject.id).into_owned();
            Some(Predecessor { position, machine: known.0.machine, subject, version: record.version?.checked_sub(1)? })
        };
        self.records.iter().zip(&self.known).enumerate().filter_map(before).collect()
    }

    pub(crate) fn chain(&mut self, before: &Predecessor, head: Option<Digest>) {
        if head.is_some() {
            self.records[before.position].to_mut().prev = head;
        }
    }

    /// Returns the changes to write. If a record cannot be stored: the changes before it in the commit, and the error.
    pub(crate) fn changes(&mut self, keeps_chain: bool) -> Result<Vec<Change>, (Vec<Change>, Error)> {
        let mut changes = Vec::with_capacity(self.records.len());
        for (position, (record, known)) in self.records.iter().zip(&self.known).enumerate() {
            let change = match change(position, record, known.as_ref(), keeps_chain) {
                Ok(change) => change,
                Err(error) => return Err((changes, error)),
            };
            self.heads[position] = change.row.digest;
            changes.push(change);
        }
        Ok(changes)
    }

    /// Returns the changes that are still to be written; none if the commit has succeeded.
    pub(crate) fn settle(
        &mut self,
        changes: Vec<Change>,
        outcome: WriteOutcome,
        at: &ErrorContext<'_>,
    ) -> Result<Vec<Change>, Error> {
        match outcome {
            WriteOutcome::Written => Ok(Vec::new()),
            WriteOutcome::Failed { operation, error } => Err(self.failed(operation, error, at)),
            WriteOutcome::Unread(error) => Err(error),
            WriteOutcome::Stale => Err(self.not_registered()),
            WriteOutcome::Unknown(error) => {
                let record = write::first_id(&changes).unwrap_or_default();
                Err(Error::Unknown { record, cause: Box::new(error) })
            }
            WriteOutcome::Blocked(obstacles) => {
                let mut left = changes;
                for obstacle in obstacles {
                    let position = obstacle.position;
                    self.heads[position] = self.diagnosed(obstacle)?;
                    left.retain(|change| change.position != position);
                }
                Ok(left)
            }
        }
    }

    /// The error of the first record that is refused: of those before the one that cannot be stored, which were tried in a dry run with
    /// this outcome, or that one's.
    pub(crate) fn first_error(
        &mut self,
        earlier: Vec<Change>,
        dry_run: WriteOutcome,
        error: Error,
        at: &ErrorContext<'_>,
    ) -> Error {
        match self.settle(earlier, dry_run, at) {
            Err(first)
                if self.records.iter().any(|record| first.position_in(std::slice::from_ref(record)).is_some()) =>
            {
                first
            }
            _ => error,
        }
    }

    pub(crate) fn into_heads(self) -> Heads {
        self.heads
    }

    /// Returns the digest of the stored record, if it is this very record.
    fn diagnosed(&self, obstacle: Obstacle) -> Result<Option<Digest>, Error> {
        let Obstacle { position, same, last, rejection } = obstacle;
        let record = &*self.records[position];
        let Some(known) = &self.known[position] else {
            // An event conflicts only with a record of the same id.
            return match same {
                Some(same) if same.record == *record => Ok(same.digest),
                Some(_) => Err(Error::OtherRecord { id: record.id }),
                None => Err(unwritable(record, None, rejection)),
            };
        };
        match diagnose(record, self.heads[position], known.0.declaration, same.as_ref(), &last) {
            Diagnosis::Written(head) => Ok(head),
            Diagnosis::Refused(error) => Err(error),
            // The obstacle was read in the transaction that was refused, so a retry would find the same.
            Diagnosis::Retry => Err(unwritable(record, Some(known), rejection)),
        }
    }

    /// The machines of the records.
    pub(crate) fn declarations(&self) -> Vec<&'static Declaration> {
        let mut declarations: Vec<&'static Declaration> = Vec::new();
        for known in self.known.iter().flatten() {
            if !declarations.iter().any(|other| ptr::eq(*other, known.0.declaration)) {
                declarations.push(known.0.declaration);
            }
        }
        declarations
    }

    fn not_registered(&self) -> Error {
        let machine = self.known.iter().flatten().next().map(|known| known.0.declaration.chart().machine);
        Error::NotRegistered { machine: machine.unwrap_or_default().to_owned() }
    }

    fn failed(&self, operation: Operation, error: rusqlite::Error, at: &ErrorContext<'_>) -> Error {
        let of = |position: usize| subject(&self.records[position]);
        let what = match operation {
            Operation::Waiting | Operation::Committing => match &self.records[..] {
                [record] => format!("writing the record of {}", subject(record)),
                records => format!("writing {} records", records.len()),
            },
            Operation::Record(position) => format!("writing the record of {}", of(position)),
            Operation::Row(position) => {
                let table = self.known[position].as_ref().and_then(|known| known.0.table());
                format!("moving the `{}` row of {}", table.map_or("", |table| table.name), of(position))
            }
        };
        failure::with_hint(&format!("{what} in {}", at.location), at.timeout, error)
    }
}

/// The facts about the database that errors name.
pub(crate) struct ErrorContext<'s> {
    pub(crate) location: &'s str,
    /// How long the store waits for a lock; none if the connection is the caller's.
    pub(crate) timeout: Option<std::time::Duration>,
}

fn change(
    position: usize,
    record: &Record,
    known: Option<&Known<Statements>>,
    keeps_chain: bool,
) -> Result<Change, Error> {
    let registered = known.map(|known| &known.0);
    let row = Row::of(record, registered, keeps_chain)?;
    let at = canonical::time(&row.at);
    let chart = registered.map(|registered| registered.declaration.chart());
    let table = registered.and_then(|registered| registered.table()).filter(|_| record.is_change());
    let named = |name: &str| chart.and_then(|chart| chart.state(name)).map(|state| state.name);
    let to = table.and_then(|_| named(record.to.as_deref()?));
    let moves = to.map(|to| (record.from.as_deref().and_then(named), to));
    if moves.is_some() && row.subject_id.as_ref().is_some_and(|id| id.as_i64().is_none() && id.as_u64().is_some()) {
        let why = "its subject's id is past the largest integer that SQLite holds".to_owned();
        return Err(Error::Unstorable { id: record.id, why });
    }
    let numeric_id = registered.and_then(|registered| registered.numeric_id.as_ref()).filter(|_| moves.is_some());
    if let Some(why) = numeric_id.zip(row.subject_id.as_ref()).and_then(|(of_type, id)| columns::misfit(of_type, id)) {
        return Err(Error::Unstorable { id: record.id, why: format!("its subject's id would change: {why}") });
    }
    Ok(Change { position, at, row, known: known.cloned(), moves })
}

/// Returns the error of a record that the database did not take, although no conflict was found.
fn unwritable(record: &Record, known: Option<&Known<Statements>>, rejection: Rejection) -> Error {
    match (rejection, known.and_then(|known| Some((known.0.declaration.chart().machine, known.0.table()?)))) {
        (Rejection::Moved(rows), Some((machine, table))) => {
            let why = format!("{rows} rows of {} were updated; exactly one row must have its id", subject(record));
            Error::Table { machine, table: table.name, why }
        }
        (Rejection::Moved(_), None) => {
            Error::Unstorable { id: record.id, why: "the database took none of it".to_owned() }
        }
        (Rejection::Refused(error), _) => Error::Unstorable { id: record.id, why: failure::message(&error) },
    }
}

fn subject(record: &Record) -> String {
    record.subject.as_ref().map_or_else(|| "an event".to_owned(), ToString::to_string)
}
