//! A stream of all records holds at most one page of them in memory.

use std::process::Command;

use tollgate_store::Store;

use super::{Failure, Place, on_each};

on_each! {
    stream_of_ten_times_as_many_records_takes_no_more_memory
}

const URL: &str = "TOLLGATE_TEST_STREAM";

/// The measured program: this test binary, started again with the name of this test.
#[tokio::test]
async fn child_with_a_database_url_streams_all_records() -> Result<(), Failure> {
    let Ok(url) = std::env::var(URL) else { return Ok(()) };
    let mut count = 0;
    let store = Store::open(&url).await?;
    let mut stream = store.records().stream();
    while let Some(record) = stream.next().await {
        count += u64::from(record?.properties.is_some());
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("the peak is in its status")?;
    let peak = peak.trim().trim_end_matches(" kB");
    std::fs::write(std::env::var("TOLLGATE_TEST_STREAM_PEAK")?, format!("{count} {peak}"))?;
    Ok(())
}

/// Returns the number of records that a separate process streamed, and its peak memory in KiB.
fn streamed(url: &str) -> Result<(u64, u64), Failure> {
    let answer = tempfile::NamedTempFile::new()?;
    let mut program = Command::new(std::env::current_exe()?);
    program.args(["--exact", "queries::memory::child_with_a_database_url_streams_all_records"]);
    let output = program.env(URL, url).env("TOLLGATE_TEST_STREAM_PEAK", answer.path()).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let answer = std::fs::read_to_string(answer.path())?;
    let (count, peak) = answer.split_once(' ').ok_or("two numbers")?;
    Ok((count.parse()?, peak.parse()?))
}

/// Writes events from this number up to that one, one millisecond apart.
async fn fill(store: &Store, place: &Place, from: u64, to: u64) -> Result<(), Failure> {
    let columns = "INSERT INTO tollgate_record (id, at, kind, event, reason, properties)";
    let values =
        "'event', 'visited', 'a reason of some length, as they are written', '{\"page\":\"/reports/7\",\"took\":12.5}'";
    if let Some(postgres) = store.as_postgres() {
        let sql = format!(
            "{columns} SELECT (lpad(to_hex(1770000000000 + n), 12, '0') || lpad(to_hex(n), 20, '0'))::uuid, \
             to_timestamp((1770000000000 + n) / 1000.0), {} FROM generate_series({from}, {to} - 1) AS n",
            values.replace("}'", "}'::json")
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(postgres.pool()).await?;
    } else {
        let sql = format!(
            "WITH RECURSIVE number(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM number WHERE n + 1 < {to}) \
             {columns} SELECT unhex(printf('%012x%020x', 1770000000000 + n, n)), \
             strftime('%Y-%m-%dT%H:%M:%f000000Z', (1770000000000 + n) / 1000.0, 'unixepoch'), {values} FROM number"
        );
        rusqlite::Connection::open(place.file())?.execute_batch(&sql)?;
    }
    Ok(())
}

async fn stream_of_ten_times_as_many_records_takes_no_more_memory(place: Place) -> Result<(), Failure> {
    let store = place.open().await?;
    fill(&store, &place, 0, 6_000).await?;
    let (few, peak_of_few) = streamed(&place.url)?;
    fill(&store, &place, 6_000, 60_000).await?;
    let (many, peak_of_many) = streamed(&place.url)?;
    assert_eq!((few, many), (6_000, 60_000));
    // The additional records are about 18 MiB. The database's own cache may grow.
    assert!(peak_of_many < peak_of_few + 8 * 1024, "{peak_of_few} KiB for few, {peak_of_many} KiB for many");
    Ok(())
}
