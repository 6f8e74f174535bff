//! Group commit: queued commits in one transaction. If one of them fails, the others are still written.

use rusqlite::Connection;

use super::failure;
use super::files::{FileFault, Files};
use super::register::are_current;
use super::write::{Change, Operation, WriteOutcome, write, write_whole};

/// Writes these commits, and returns their outcomes in the same order. The transaction has ended when it returns.
pub(crate) fn write_group(
    connection: &Connection,
    files: Option<&Files>,
    commits: &[Vec<Change>],
) -> Vec<WriteOutcome> {
    let all = |outcome: &dyn Fn() -> WriteOutcome| commits.iter().map(|_| outcome()).collect();
    if let Err(error) = run(connection, "BEGIN IMMEDIATE") {
        return all(&|| WriteOutcome::Failed { operation: Operation::Waiting, error: failure::duplicate(&error) });
    }
    // Not before: it may have waited long for the lock.
    if let Err(fault) = check(files) {
        roll_back(connection);
        return all(&|| WriteOutcome::Unread(fault.clone().into()));
    }
    let Some(outcomes) = write_together(connection, commits) else {
        roll_back(connection);
        return commits.iter().map(|changes| write_alone(connection, files, changes)).collect();
    };
    match run(connection, "COMMIT") {
        Ok(()) => outcomes,
        Err(error) => {
            roll_back(connection);
            if failure::may_be_written(&error) {
                return commits.iter().map(|changes| retry(connection, files, changes, &error)).collect();
            }
            all(&|| WriteOutcome::Failed { operation: Operation::Committing, error: failure::duplicate(&error) })
        }
    }
}

/// None if one of them failed after it had changed something.
fn write_together(connection: &Connection, commits: &[Vec<Change>]) -> Option<Vec<WriteOutcome>> {
    let mut outcomes = Vec::with_capacity(commits.len());
    for changes in commits {
        let before = connection.total_changes();
        if let Some(unusable) = unusable(connection, changes) {
            outcomes.push(unusable);
            continue;
        }
        outcomes.push(match write(connection, changes) {
            Ok(()) => WriteOutcome::Written,
            // If no change is counted, nothing was changed. A trigger of the user may have SQLite keep what was done before it
            // refused, or end the transaction.
            Err(halt) if halt.is_refusal() && connection.total_changes() == before && !connection.is_autocommit() => {
                halt.into_outcome(connection, changes)
            }
            Err(_) => return None,
        });
    }
    Some(outcomes)
}

fn write_alone(connection: &Connection, files: Option<&Files>, changes: &[Change]) -> WriteOutcome {
    match attempt(connection, files, changes) {
        Err(error) if failure::may_be_written(&error) => retry(connection, files, changes, &error),
        Err(error) => WriteOutcome::Failed { operation: Operation::Committing, error },
        Ok(outcome) => outcome,
    }
}

/// Tries the same commit again: it is found, or written now. If that fails too, the outcome is unknown.
fn retry(connection: &Connection, files: Option<&Files>, changes: &[Change], first: &rusqlite::Error) -> WriteOutcome {
    match attempt(connection, files, changes) {
        Ok(outcome @ (WriteOutcome::Written | WriteOutcome::Blocked(_))) => outcome,
        Ok(_) | Err(_) => WriteOutcome::Unknown(failure::duplicate(first)),
    }
}

/// One commit in a transaction; the error of `COMMIT` is the caller's.
fn attempt(connection: &Connection, files: Option<&Files>, changes: &[Change]) -> rusqlite::Result<WriteOutcome> {
    if let Err(error) = run(connection, "BEGIN IMMEDIATE") {
        return Ok(WriteOutcome::Failed { operation: Operation::Waiting, error });
    }
    if let Err(fault) = check(files) {
        roll_back(connection);
        return Ok(WriteOutcome::Unread(fault.into()));
    }
    let outcome = unusable(connection, changes).unwrap_or_else(|| write_whole(connection, changes));
    if !matches!(outcome, WriteOutcome::Written) {
        roll_back(connection);
        return Ok(outcome);
    }
    run(connection, "COMMIT").inspect_err(|_| roll_back(connection))?;
    Ok(outcome)
}

/// Why nothing is tried: the number of a machine has changed, or that cannot be read.
fn unusable(connection: &Connection, changes: &[Change]) -> Option<WriteOutcome> {
    match are_current(connection, changes.iter().filter_map(|change| change.known.as_ref())) {
        Ok(true) => None,
        Ok(false) => Some(WriteOutcome::Stale),
        Err(error) => Some(WriteOutcome::Failed { operation: Operation::Waiting, error }),
    }
}

fn check(files: Option<&Files>) -> Result<(), FileFault> {
    files.map_or(Ok(()), Files::check)
}

fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

/// Ends the transaction, where SQLite has not by itself. That it cannot be ended is seen by the next `BEGIN`.
fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        let _ = run(connection, "ROLLBACK");
    }
}
