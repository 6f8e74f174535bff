//! Reads of one history among very many, and of all records one by one, next to the bare query.

use std::fmt::Write as _;

use tollgate_store::Store;

use crate::bare;
use crate::grown::{Grown, VERSIONS};
use crate::load::{AsyncClient, Check, Client, Tasks, Threads};
use crate::options::Options;
use crate::ours::Ours;
use crate::report::ReportState;
use crate::sqlite::Synchronous;
use crate::streaming::{self, Reading};
use crate::table::{Part, Row, compare, heading, progress};
use crate::{Result, postgres, sqlite};

/// The aim, as a share of the bare query.
const AIM: f64 = 0.9;

pub(crate) fn on_postgres(grown: &mut Grown<'_, postgres::Database>, options: &Options) -> Result<String> {
    let database = grown.with(options.records, false)?;
    let plan = database.plan;
    let mut tables = String::new();
    for clients in options.clients().iter().copied() {
        let made = (0..clients).map(|number| bare::OnPostgres::new(&database, Pick::new(number, plan.subjects)));
        let bare = made.collect::<Result<Vec<_>>>()?;
        let connections = u32::try_from(clients)?;
        let ours = Ours { url: &database.url, plan, runtime: &database.runtime, check: nothing() };
        let store = ours.open(|options| options.connections(connections))?;
        let ours = (0..clients).map(|number| Asked { store: store.clone(), pick: Pick::new(number, plan.subjects) });
        let rows = vec![
            Row::new(Part::Floor, Tasks::new("the bare query", &database.runtime, bare, nothing())),
            Row::new(Part::Aim(AIM), Tasks::new("tollgate", &database.runtime, ours.collect(), nothing())),
        ];
        let title = title("Postgres", &crate::commits::connections(clients), plan.records());
        tables += &compare(&title, "histories", rows, options)?;
    }
    let smaller = grown.with(options.records / 10, false)?;
    let of = |database: &postgres::Database| (database.url.clone(), database.plan.records());
    tables += &streamed("Postgres", &[of(&smaller), of(&database)])?;
    Ok(tables)
}

pub(crate) fn on_sqlite(grown: &mut Grown<'_, sqlite::Database>, options: &Options) -> Result<String> {
    let database = grown.with(options.records, false)?;
    let (plan, url) = (database.plan, database.url());
    let mut tables = String::new();
    for clients in options.clients().iter().copied() {
        let made = (0..clients).map(|number| {
            let connection = database.connect(Synchronous::Full)?;
            Ok(bare::OnSqlite::new(connection, database.machine, Pick::new(number, plan.subjects)))
        });
        let bare = made.collect::<Result<Vec<_>>>()?;
        let ours = Ours { url: &url, plan, runtime: &database.runtime, check: nothing() };
        let store = ours.open(|options| options)?;
        let each = |number| Asked { store: store.clone(), pick: Pick::new(number, plan.subjects) };
        let tasks = Tasks::new("tollgate", &database.runtime, (0..clients).map(each).collect(), nothing());
        let threads = Threads::new("tollgate, without a task", (0..clients).map(each).collect(), nothing());
        let rows = vec![
            Row::new(Part::Floor, Threads::new("the bare query", bare, nothing())),
            Row::new(Part::Aim(AIM), tasks),
            Row::new(Part::Aim(AIM), threads),
        ];
        let title = title("SQLite", &crate::commits::threads(clients), plan.records());
        tables += &compare(&title, "histories", rows, options)?;
    }
    let smaller = grown.with(options.records / 10, false)?;
    let of = |database: &sqlite::Database| (database.url(), database.plan.records());
    tables += &streamed("SQLite", &[of(&smaller), of(&database)])?;
    Ok(tables)
}

fn title(database: &str, clients: &str, records: u64) -> String {
    format!("{database}, {clients}, a history of {VERSIONS} among {records} records")
}

/// Reads are checked as they are made, and nothing is written.
fn nothing() -> Check {
    Box::new(|_| Ok(()))
}

/// The subjects to query: spread over the table, and the same for all contenders.
pub(crate) struct Pick {
    state: u64,
    subjects: u64,
}

impl Pick {
    pub(crate) fn new(number: usize, subjects: u64) -> Self {
        Self { state: number as u64, subjects }
    }

    pub(crate) fn next(&mut self) -> i64 {
        // Knuth's generator; its upper bits are the random ones.
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.state >> 33) % self.subjects).cast_signed() + 1
    }
}

/// Checks the length of a history.
pub(crate) fn whole(length: usize) -> Result<()> {
    if length as u64 == VERSIONS {
        return Ok(());
    }
    Err(format!("a history of {VERSIONS} records was read as one of {length}").into())
}

/// A client that queries one history after the other.
struct Asked {
    store: Store,
    pick: Pick,
}

impl AsyncClient for Asked {
    async fn work(&mut self) -> Result<u64> {
        let history = self.store.history::<ReportState>(self.pick.next()).all().await?;
        whole(history.records.len())?;
        Ok(1)
    }
}

impl Client for Asked {
    fn work(&mut self) -> Result<()> {
        let sqlite = self.store.as_sqlite().ok_or("only SQLite is asked without a task")?;
        let history =
            sqlite.history::<ReportState>(self.pick.next()).iter().collect::<std::result::Result<Vec<_>, _>>()?;
        whole(history.len())
    }
}

/// Reads all records one by one, each time in a new process, so that its peak memory is that of the read alone. Once: a
/// peak has no noise, and ten million records take long.
fn streamed(name: &str, sizes: &[(String, u64); 2]) -> Result<String> {
    let title = format!("{name}, all records one by one");
    let mut table = heading(&[&title, "records", "records a second", "ratio to the floor", "peak of memory, MiB"]);
    for (url, records) in sizes {
        let [bare, ours] = [streaming::BARE, streaming::OURS].map(|way| read(way, url, *records));
        let (bare, ours) = (bare?, ours?);
        for (called, reading) in [("the bare query", &bare), ("tollgate", &ours)] {
            let rate = reading.per_second();
            let (ratio, peak) = (rate / bare.per_second(), reading.peak as f64 / 1024.0);
            writeln!(table, "| {called} | {records} | {rate:.0} | {ratio:.2} | {peak:.1} |")?;
        }
        progress(&format!("{title}: {records}"));
    }
    Ok(table)
}

fn read(way: &str, url: &str, records: u64) -> Result<Reading> {
    let reading = streaming::in_a_process(way, url)?;
    if reading.records != records {
        return Err(format!("{way}: {} of {records} records were read", reading.records).into());
    }
    Ok(reading)
}
