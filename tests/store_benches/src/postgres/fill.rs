//! Fast bulk SQL that leaves the same rows as a long series of commits.

use std::time::Instant;

use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::Database;
use crate::Result;
use crate::plan::OURS;
use crate::report::STATES;
use crate::table::progress;

const CHUNK: u64 = 500_000;

/// Fills both tables. Indexes are made and triggers are set when all is in.
pub(super) async fn fill(connection: &mut PgConnection, database: &Database) -> Result<()> {
    let (table, plan) = (database.table(), database.plan);
    if plan.by_hand {
        run(connection, &format!("CREATE TABLE {table} (LIKE {OURS} INCLUDING DEFAULTS INCLUDING INDEXES)")).await?;
    }
    let indexes =
        "SELECT indexname::text, indexdef FROM pg_indexes WHERE tablename = $1 AND indexname NOT LIKE '%pkey'";
    let indexes = sqlx::query(indexes).bind(table).fetch_all(&mut *connection).await?;
    run(connection, &format!("ALTER TABLE {table} DISABLE TRIGGER USER")).await?;
    for index in &indexes {
        run(connection, &format!("DROP INDEX {}", index.try_get::<String, _>(0)?)).await?;
    }
    // The fill need not survive a crash, and an index is built in one sort.
    run(connection, "SET synchronous_commit = off; SET maintenance_work_mem = '1GB'").await?;
    let started = Instant::now();
    for first in (0..plan.records()).step_by(usize::try_from(CHUNK)?) {
        let end = plan.records().min(first + CHUNK);
        insert(connection, database, first, end).await?;
        if plan.records() > CHUNK {
            progress(&format!("filling {table}: {end} of {}, {} s", plan.records(), started.elapsed().as_secs()));
        }
    }
    for index in &indexes {
        run(connection, &index.try_get::<String, _>(1)?).await?;
    }
    if plan.records() > CHUNK {
        progress(&format!("filling {table}: indexed, {} s", started.elapsed().as_secs()));
    }
    run(connection, &format!("ALTER TABLE {table} ENABLE TRIGGER USER")).await?;
    let states = STATES.map(|state| format!("'{state}'")).join(", ");
    let (subjects, versions) = (plan.subjects, plan.versions);
    let rows = format!(
        "INSERT INTO reports SELECT n, 'report ' || n, (ARRAY[{states}])[({versions} - 1) % 3 + 1], {versions} \
         FROM generate_series(1, {subjects}) n"
    );
    run(connection, &rows).await?;
    run(connection, "VACUUM ANALYZE").await?;
    if plan.records() > CHUNK {
        // Otherwise autovacuum would start in the middle of a turn.
        run(connection, "CHECKPOINT").await?;
    }
    Ok(())
}

/// Records by their numbers, a millisecond apart and the last of them an hour ago.
async fn insert(connection: &mut PgConnection, database: &Database, first: u64, end: u64) -> Result<()> {
    let (table, plan, edges) = (database.table(), database.plan, database.edges);
    let (subjects, machine, records) = (plan.subjects, database.machine, plan.records());
    let outs = edges.out_of.map(|edge| edge.to_string()).join(", ");
    let create = edges.create;
    let chain = if plan.keeps_chain {
        format!(
            "CASE WHEN k >= {subjects} THEN convert_to(lpad((k - {subjects})::text, 32, '0'), 'UTF8') END, \
             convert_to(lpad(k::text, 32, '0'), 'UTF8')"
        )
    } else {
        "NULL, NULL".to_owned()
    };
    let sql = format!(
        "INSERT INTO {table} (id, at, kind, subject_kind, subject, machine, edge, version, actor_kind, actor, context, \
                              prev, digest) \
         SELECT (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(k & 4095), 3, '0') || '8' \
                 || lpad(to_hex(k), 15, '0'))::uuid, \
                timestamptz 'epoch' + ms * interval '1 millisecond', \
                CASE WHEN k < {subjects} THEN 'creation' ELSE 'transition' END, 'Report', (k % {subjects} + 1)::text, \
                {machine}, CASE WHEN k < {subjects} THEN {create} \
                           ELSE (ARRAY[{outs}])[(k / {subjects} - 1) % 3 + 1] END, \
                k / {subjects} + 1, 'user', 'user-' || k % 97, ('{{\"request\":' || k || '}}')::json, {chain} \
         FROM (SELECT k, floor(extract(epoch FROM date_trunc('hour', now())) * 1000)::bigint - 3600000 - {records} + k AS ms \
               FROM generate_series({first}::bigint, {end}::bigint - 1) k) numbered"
    );
    run(connection, &sql).await
}

async fn run(connection: &mut PgConnection, sql: &str) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map_err(|error| format!("{sql}: {error}"))?;
    Ok(())
}
