//! The floors on SQLite: code that uses the same driver and serves this one machine only.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, TransactionBehavior, params};

use super::{Database, Synchronous};
use crate::Result;
use crate::hand::{Share, Written};
use crate::load::{Client, Threads};
use crate::report::Place;

const UPDATE: &str = "UPDATE reports SET state = ?1, version = ?2 WHERE id = ?3 AND state = ?4 AND version = ?2 - 1";

const INSERT: &str = "\
INSERT INTO floor_record (id, at, kind, subject_kind, subject, machine, edge, version, actor_kind, actor, context, prev, digest) \
VALUES (?1, ?2, 'transition', 'Report', ?3, ?4, ?5, ?6, 'user', ?7, ?8, ?9, ?10)";

/// The connections of the threads.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    /// One for all, behind a mutex.
    Shared,
    /// One each: SQLite lets one write at a time.
    Each,
}

/// Threads that commit one by one.
pub(crate) fn singles(
    name: &str,
    database: &Database,
    synchronous: Synchronous,
    clients: usize,
    each: usize,
    form: Form,
) -> Result<Threads<Single>> {
    let shared = Arc::new(Mutex::new(database.connect(synchronous)?));
    let mut all = Vec::new();
    for (number, places) in database.plan.shares(clients, each).into_iter().enumerate() {
        let connection = match form {
            Form::Shared => Arc::clone(&shared),
            Form::Each => Arc::new(Mutex::new(database.connect(synchronous)?)),
        };
        let share = Share::new(places, number, database.edges);
        // A plain table, or the store's own with its triggers.
        let insert = INSERT.replace("floor_record", database.table());
        all.push(Single { connection, share, machine: database.machine, insert });
    }
    Ok(Threads::new(name, all, database.check()))
}

/// A client that commits one by one.
pub(crate) struct Single {
    connection: Arc<Mutex<Connection>>,
    share: Share,
    machine: i32,
    insert: String,
}

impl Client for Single {
    fn work(&mut self) -> Result<()> {
        let actor = self.share.actor.clone();
        let (place, written) = self.share.next();
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        commit(&mut connection, &self.insert, place, &written, self.machine, &actor)?;
        drop(connection);
        self.share.moved(written.digest);
        Ok(())
    }
}

fn commit(
    connection: &mut Connection,
    insert: &str,
    place: &Place,
    written: &Written,
    machine: i32,
    actor: &str,
) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = place.version + 1;
    let mut update = transaction.prepare_cached(UPDATE)?;
    if update.execute(params![written.to, version, place.id, written.from])? != 1 {
        return Err("a hand-written step met a conflict, and no other client has this subject".into());
    }
    transaction.prepare_cached(insert)?.execute(params![
        written.id.as_bytes(),
        written.time(),
        written.subject,
        machine,
        written.edge,
        version,
        actor,
        written.context,
        place.head,
        written.digest,
    ])?;
    drop(update);
    transaction.commit()?;
    Ok(())
}
