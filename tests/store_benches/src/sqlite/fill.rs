//! Fast bulk SQL that leaves the same rows as a long series of commits.

use std::time::Instant;

use rusqlite::Connection;

use super::Database;
use crate::Result;
use crate::plan::OURS;
use crate::report::STATES;
use crate::table::progress;

const CHUNK: u64 = 500_000;

/// Fills both tables. Indexes are made and triggers are set when all is in.
pub(super) fn fill(connection: &mut Connection, database: &Database) -> Result<()> {
    let (table, plan) = (database.table(), database.plan);
    if plan.by_hand {
        copy_table(connection, table)?;
    }
    let later = later(connection, table)?;
    for (kind, name, _) in &later {
        connection.execute_batch(&format!("DROP {kind} {name}"))?;
    }
    // The fill need not survive a crash.
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA threads = 1",
    )?;
    let started = Instant::now();
    for first in (0..plan.records()).step_by(usize::try_from(CHUNK)?) {
        let end = plan.records().min(first + CHUNK);
        insert(connection, database, first, end)?;
        if plan.records() > CHUNK {
            progress(&format!("filling {table}: {end} of {}, {} s", plan.records(), started.elapsed().as_secs()));
        }
    }
    for (_, _, sql) in &later {
        connection.execute_batch(sql)?;
    }
    if plan.records() > CHUNK {
        progress(&format!("filling {table}: indexed, {} s", started.elapsed().as_secs()));
    }
    let states = STATES.iter().enumerate().map(|(position, state)| format!("WHEN {position} THEN '{state}'"));
    let states: Vec<_> = states.collect();
    let (subjects, versions) = (plan.subjects, plan.versions);
    connection.execute_batch(&format!(
        "WITH RECURSIVE numbered(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbered WHERE n < {subjects})
         INSERT INTO reports SELECT n, 'report ' || n, CASE ({versions} - 1) % 3 {} END, {versions} FROM numbered;
         ANALYZE;
         PRAGMA synchronous = FULL;
         PRAGMA journal_mode = WAL;",
        states.join(" ")
    ))?;
    Ok(())
}

/// The same columns and the same indexes, and none of the triggers.
fn copy_table(connection: &Connection, table: &str) -> Result<()> {
    let made = "SELECT sql FROM sqlite_master WHERE tbl_name = ?1 AND type IN ('table', 'index') AND sql IS NOT NULL \
                ORDER BY type DESC";
    let mut made = connection.prepare(made)?;
    let made: rusqlite::Result<Vec<String>> = made.query_map([OURS], |row| row.get(0))?.collect();
    for sql in made? {
        connection.execute_batch(&sql.replace(OURS, table))?;
    }
    Ok(())
}

/// Indexes and triggers: kind, name, and how each is made.
fn later(connection: &Connection, table: &str) -> Result<Vec<(String, String, String)>> {
    let all = "SELECT type, name, sql FROM sqlite_master \
               WHERE tbl_name = ?1 AND type IN ('index', 'trigger') AND sql IS NOT NULL";
    let mut all = connection.prepare(all)?;
    let all = all.query_map([table], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(all.collect::<rusqlite::Result<_>>()?)
}

/// Records by their numbers, a millisecond apart and the last of them an hour ago.
fn insert(connection: &Connection, database: &Database, first: u64, end: u64) -> Result<()> {
    let (table, plan, edges) = (database.table(), database.plan, database.edges);
    let (subjects, machine, records) = (plan.subjects, database.machine, plan.records());
    let [submit, publish, retract] = edges.out_of;
    let create = edges.create;
    let chain = if plan.keeps_chain {
        format!(
            "CASE WHEN k >= {subjects} THEN CAST(printf('%032d', k - {subjects}) AS BLOB) END, \
             CAST(printf('%032d', k) AS BLOB)"
        )
    } else {
        "NULL, NULL".to_owned()
    };
    connection.execute_batch(&format!(
        "INSERT INTO {table} (id, at, kind, subject_kind, subject, machine, edge, version, actor_kind, actor, context, \
                              prev, digest)
         WITH RECURSIVE counted(k) AS (SELECT {first} UNION ALL SELECT k + 1 FROM counted WHERE k + 1 < {end}),
         numbered AS (SELECT k, (unixepoch() / 3600 - 1) * 3600000 - {records} + k AS ms FROM counted)
         SELECT unhex(printf('%012x7%03x8%015x', ms, k & 4095, k)),
                strftime('%Y-%m-%dT%H:%M:%S', ms / 1000, 'unixepoch') || printf('.%03d000000Z', ms % 1000),
                CASE WHEN k < {subjects} THEN 'creation' ELSE 'transition' END, 'Report', CAST(k % {subjects} + 1 AS TEXT),
                {machine}, CASE WHEN k < {subjects} THEN {create}
                           ELSE CASE (k / {subjects} - 1) % 3 WHEN 0 THEN {submit} WHEN 1 THEN {publish} ELSE {retract} END END,
                k / {subjects} + 1, 'user', 'user-' || k % 97, '{{\"request\":' || k || '}}', {chain}
         FROM numbered"
    ))?;
    Ok(())
}
