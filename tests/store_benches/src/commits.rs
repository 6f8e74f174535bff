//! Commits one by one, with more and more clients.

use crate::load::{Check, Tasks, Threads};
use crate::options::Options;
use crate::ours::{Ours, Single};
use crate::plan::Plan;
use crate::postgres::by_hand::Form;
use crate::sqlite::Synchronous;
use crate::table::{Part, Row, compare, compare_anew};
use crate::{Result, postgres, sqlite};
use tokio::runtime::Handle;
use tollgate_store::{Sqlite, Store};

/// The subjects that each client moves in turn.
pub(crate) const EACH: usize = 64;

/// Subjects with one record, their creation.
fn plan(clients: usize, keeps_chain: bool, by_hand: bool) -> Plan {
    Plan { subjects: (clients * EACH) as u64, versions: 1, keeps_chain, by_hand }
}

/// A table for each number of clients, on Postgres.
pub(crate) fn on_postgres(server: &postgres::Server, options: &Options) -> Result<String> {
    let mut tables = String::new();
    for clients in options.clients().iter().copied() {
        let singles =
            |name: &str, plan, form| postgres::by_hand::singles(name, &server.database(plan)?, clients, EACH, form);
        let by_hand = |name: &str, keeps_chain, form| singles(name, plan(clients, keeps_chain, true), form);
        let ours = |name: &str, keeps_chain| {
            let database = server.database(plan(clients, keeps_chain, false))?;
            on_postgres_by_us(name, &database, clients, EACH)
        };
        let rows = vec![
            Row::new(Part::Floor, by_hand("hand-written, one statement", false, Form::Cte)?),
            Row::new(Part::Beside, by_hand("hand-written, four round trips", false, Form::FourTrips)?),
            Row::new(Part::Beside, by_hand("hand-written, one statement over a pool that pings", false, Form::Pooled)?),
            Row::new(Part::Beside, by_hand("hand-written, one statement, with the chain", true, Form::Cte)?),
            Row::new(
                Part::Beside,
                singles(
                    "hand-written, one statement, into the store's defended table",
                    plan(clients, false, false),
                    Form::Cte,
                )?,
            ),
            Row::new(Part::Aim(0.95), ours("tollgate, without the chain", false)?),
            Row::new(Part::Aim(0.9), ours("tollgate", true)?),
        ];
        tables += &compare(&format!("Postgres, {}", connections(clients)), "commits", rows, options)?;
    }
    Ok(tables)
}

/// Tollgate's single commits on a Postgres database, as many at once as there are connections.
pub(crate) fn on_postgres_by_us(
    name: &str,
    database: &postgres::Database,
    clients: usize,
    each: usize,
) -> Result<Tasks<Single<Store>>> {
    let ours = ours_on_postgres(database);
    let connections = u32::try_from(clients)?;
    let store = ours.open(|options| options.connections(connections))?;
    ours.tasks(name, &store, clients, each, || store.clone())
}

pub(crate) fn ours_on_postgres(database: &postgres::Database) -> Ours<'_> {
    Ours { url: &database.url, plan: database.plan, runtime: &database.runtime, check: database.check() }
}

/// A table for each number of threads and each `synchronous`, on SQLite.
pub(crate) fn on_sqlite(runtime: &Handle, options: &Options) -> Result<String> {
    let mut tables = String::new();
    for synchronous in [Synchronous::Full, Synchronous::Normal] {
        for clients in options.clients().iter().copied() {
            let title = format!("SQLite, synchronous {}, {}", synchronous.name(), threads(clients));
            let make = || {
                let directory = sqlite::Directory::new(runtime)?;
                let rows = rows_on_sqlite(&directory, synchronous, clients)?;
                Ok((directory, rows))
            };
            tables += &compare_anew(&title, "commits", make, options)?;
        }
    }
    Ok(tables)
}

fn rows_on_sqlite(directory: &sqlite::Directory, synchronous: Synchronous, clients: usize) -> Result<Vec<Row>> {
    let singles = |name: &str, plan, form| {
        sqlite::by_hand::singles(name, &directory.database(plan)?, synchronous, clients, EACH, form)
    };
    let by_hand = |name: &str, keeps_chain, form| singles(name, plan(clients, keeps_chain, true), form);
    let (shared, each) = (sqlite::by_hand::Form::Shared, sqlite::by_hand::Form::Each);
    let ours = |name: &str, keeps_chain| {
        let database = directory.database(plan(clients, keeps_chain, false))?;
        on_sqlite_by_us(name, &database, synchronous, clients, EACH)
    };
    let mut rows = vec![Row::new(Part::Floor, by_hand("hand-written, a connection behind a mutex", false, shared)?)];
    if clients > 1 {
        rows.push(Row::new(Part::Floor, by_hand("hand-written, a connection each", false, each)?));
    }
    rows.push(Row::new(Part::Beside, by_hand("hand-written, with the chain", true, shared)?));
    let defended = singles("hand-written, into the store's defended table", plan(clients, false, false), shared)?;
    rows.push(Row::new(Part::Beside, defended));
    rows.push(Row::new(Part::Aim(0.9), ours("tollgate, without the chain", false)?));
    rows.push(Row::new(Part::Aim(0.9), ours("tollgate", true)?));
    Ok(rows)
}

/// Tollgate's single commits on an SQLite database, by as many threads as the hand-written ones.
pub(crate) fn on_sqlite_by_us(
    name: &str,
    database: &sqlite::Database,
    synchronous: Synchronous,
    clients: usize,
    each: usize,
) -> Result<Threads<Single<Sqlite>>> {
    let url = database.url();
    let check: Check = database.check();
    let ours = Ours { url: &url, plan: database.plan, runtime: &database.runtime, check };
    let store = ours.open(|options| match synchronous {
        Synchronous::Full => options,
        Synchronous::Normal => options.synchronous(tollgate_store::Synchronous::Normal),
    })?;
    ours.threads(name, &store, clients, each)
}

pub(crate) fn connections(count: usize) -> String {
    format!("{count} {}", if count == 1 { "connection" } else { "connections" })
}

pub(crate) fn threads(count: usize) -> String {
    format!("{count} {}", if count == 1 { "thread" } else { "threads" })
}
