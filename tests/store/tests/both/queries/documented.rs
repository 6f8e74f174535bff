//! The SQL queries of the documentation: among 10^5 records each uses an index, and longer histories of the same subjects do
//! not raise its cost.

use sqlx::{AssertSqlSafe, Row as _};
use tollgate_store::Store;

use super::filling::{Histories, insert, millis};
use super::world::{OrderState, ReportState};
use super::{Failure, Place, on_each};

on_each! {
    documented_query_among_many_records_uses_index_at_the_same_cost
    current_state_of_each_subject_is_that_of_its_last_record
}

const README: &str = include_str!("../../../../../store/README.md");

/// Returns the documented queries that are separate blocks, and the query for a record by its id.
fn documented(is_postgres: bool) -> Vec<String> {
    let blocks = README.split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut queries: Vec<String> = blocks.map(|query| query.trim().trim_end_matches(';').to_owned()).collect();
    let (column, id) = if is_postgres {
        (
            "id = '..'",
            format!("id = '{:08x}-{:04x}-7000-8000-00000000002a'", millis(3, 42) >> 16, millis(3, 42) & 0xffff),
        )
    } else {
        ("record = X'..'", format!("record = X'{:012x}7000800000000000002a'", millis(3, 42)))
    };
    assert!(README.contains(&format!("WHERE {column}")), "the page names {column}");
    assert!(README.contains("SELECT * FROM tollgate_history WHERE"));
    queries.push(format!("SELECT * FROM tollgate_history WHERE {id}"));
    queries
}

/// Returns histories of reports in drafts and reviews; one in a hundred subjects is an order too. Report 7 has 20 records.
fn reports(versions: std::ops::RangeInclusive<i64>) -> Vec<Histories> {
    let of = |subjects| Histories {
        machine: "Report",
        transitions: ["submit", "reject"],
        subjects,
        versions: versions.clone(),
        actors: ["bob", "ann"],
    };
    let mut histories = vec![of(1..=6), of(8..=1000)];
    if *versions.start() == 1 {
        histories.push(of(7..=7));
        let transitions = ["hold", "approve"];
        histories.push(Histories {
            machine: "Order",
            transitions,
            subjects: 1001..=1010,
            versions: 1..=2,
            ..of(1..=1)
        });
    }
    histories
}

async fn filled(place: &Place) -> Result<Store, Failure> {
    let store = place.open().await?;
    store.register::<ReportState>().await?;
    store.register::<OrderState>().await?;
    insert(place, &store, &reports(1..=20)).await?;
    Ok(store)
}

/// Returns the number of rows, the plan, and the work: pages on Postgres, virtual machine steps on SQLite.
async fn cost(place: &Place, store: &Store, query: &str) -> Result<(usize, String, i64), Failure> {
    if let Some(postgres) = store.as_postgres() {
        let rows = sqlx::query(AssertSqlSafe(query.to_owned())).fetch_all(postgres.pool()).await?.len();
        let lines = sqlx::query(AssertSqlSafe(format!("EXPLAIN (ANALYZE, BUFFERS) {query}")))
            .fetch_all(postgres.pool())
            .await?;
        let lines = lines.iter().map(|line| line.try_get(0)).collect::<Result<Vec<String>, _>>()?;
        // The first line is that of the whole plan.
        let buffers = lines.iter().find(|line| line.contains("Buffers: shared")).ok_or("it reads pages")?;
        let pages =
            |kind: &str| buffers.split_once(kind).and_then(|(_, rest)| rest.split(' ').next()?.parse::<i64>().ok());
        let work = pages("hit=").unwrap_or_default() + pages("read=").unwrap_or_default();
        return Ok((rows, lines.join("\n"), work));
    }
    let connection = rusqlite::Connection::open(place.file())?;
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([])?;
    let mut count = 0;
    while rows.next()?.is_some() {
        count += 1;
    }
    drop(rows);
    let work = statement.get_status(rusqlite::StatementStatus::VmStep).into();
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
    let plan = plan.query_map([], |row| row.get(3))?.collect::<rusqlite::Result<Vec<String>>>()?;
    Ok((count, plan.join("\n"), work))
}

async fn documented_query_among_many_records_uses_index_at_the_same_cost(place: Place) -> Result<(), Failure> {
    let store = filled(&place).await?;
    let queries = documented(place.is_postgres());
    assert_eq!(queries.len(), 4, "{queries:?}");
    let mut before = Vec::new();
    for query in &queries {
        before.push(cost(&place, &store, query).await?);
    }
    insert(&place, &store, &reports(21..=101)).await?;
    assert!(store.records().count().await? > 100_000);
    for (query, (_, _, work_before)) in queries.iter().zip(before) {
        let (rows, plan, work) = cost(&place, &store, query).await?;
        assert!(rows > 0, "{query}");
        let reads_all = |line: &str| line.contains("Seq Scan on tollgate_record") || line.starts_with("SCAN r");
        assert!(!plan.lines().any(reads_all), "{query} reads the whole table:\n{plan}");
        assert!(plan.contains("tollgate_record_") || plan.contains("PRIMARY KEY (id"), "{query}:\n{plan}");
        // Now there are five times the records. One more index level, or fewer subjects in a page, does not double the work.
        assert!(work < work_before * 2, "{query}: {work} and before {work_before}\n{plan}");
    }
    Ok(())
}

async fn current_state_of_each_subject_is_that_of_its_last_record(place: Place) -> Result<(), Failure> {
    let store = filled(&place).await?;
    let queries = documented(place.is_postgres());
    let (states, in_review) = (&queries[1], &queries[2]);
    assert_eq!(table(&place, &store, states).await?, ["Order Held 10", "Report Review 1000"]);
    insert(&place, &store, &reports(21..=21)).await?;
    assert_eq!(table(&place, &store, states).await?, ["Order Held 10", "Report Draft 999", "Report Review 1"]);
    assert_eq!(cost(&place, &store, in_review).await?.0, 1);
    assert_eq!(store.subjects_in::<ReportState>("Review").all().await?.subjects.len(), 1);
    assert_eq!(store.subjects_in::<ReportState>("Draft").count().await?, 999);
    Ok(())
}

/// Returns the rows of two texts and a number.
async fn table(place: &Place, store: &Store, query: &str) -> Result<Vec<String>, Failure> {
    if let Some(postgres) = store.as_postgres() {
        let rows = sqlx::query(AssertSqlSafe(query.to_owned())).fetch_all(postgres.pool()).await?;
        let texts = rows.iter().map(|row| -> sqlx::Result<String> {
            let (machine, state): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            Ok(format!("{machine} {state} {}", row.try_get::<i64, _>(2)?))
        });
        return Ok(texts.collect::<Result<_, _>>()?);
    }
    let connection = rusqlite::Connection::open(place.file())?;
    let mut statement = connection.prepare(query)?;
    let rows = statement.query_map([], |row| {
        let (machine, state): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(format!("{machine} {state} {}", row.get::<_, i64>(2)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
