//! Fast creation of many records: raw SQL inserts the rows, without the checks for each row.

use std::ops::RangeInclusive;

use sqlx::AssertSqlSafe;
use tollgate_store::Store;

use super::{Failure, Place};

/// Histories of one machine that alternates between two transitions.
#[derive(Debug, Clone)]
pub(crate) struct Histories {
    pub(crate) machine: &'static str,
    /// The transitions to even and to odd versions. Each has one edge.
    pub(crate) transitions: [&'static str; 2],
    pub(crate) subjects: RangeInclusive<i64>,
    /// The versions to insert, from 1 (the creation) or from the end of the existing histories.
    pub(crate) versions: RangeInclusive<i64>,
    /// The actors of even and of odd versions.
    pub(crate) actors: [&'static str; 2],
}

/// Returns the time of the record of this version and subject, in milliseconds since 1970.
pub(crate) fn millis(version: i64, subject: i64) -> i64 {
    1_780_000_000_000 + version * 1_000_000 + subject
}

impl Histories {
    fn statement(&self, is_postgres: bool) -> String {
        let edge = |transition: &str| {
            format!(
                "(SELECT e.id FROM tollgate_edge e JOIN tollgate_machine m ON m.id = e.machine
                  WHERE m.name = '{}' AND e.transition = '{transition}')",
                self.machine
            )
        };
        let rows = |name: &str, range: &RangeInclusive<i64>| {
            let (from, to) = (range.start(), range.end());
            format!("{name}(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM {name} WHERE n < {to})")
        };
        let millis = format!("({} + versions.n * 1000000 + subjects.n)", millis(0, 0));
        let (id, at, text) = if is_postgres {
            (
                format!(
                    "CAST(lpad(to_hex({millis}::bigint), 12, '0') || '70008000' || lpad(to_hex(subjects.n), 12, '0') AS uuid)"
                ),
                format!("to_timestamp({millis} / 1000.0)"),
                "text",
            )
        } else {
            (
                format!("unhex(printf('%012x70008000%012x', {millis}, subjects.n))"),
                format!(
                    "strftime('%Y-%m-%dT%H:%M:%S.', {millis} / 1000, 'unixepoch') || printf('%03d000000Z', {millis} % 1000)"
                ),
                "TEXT",
            )
        };
        format!(
            "WITH RECURSIVE {}, {}
             INSERT INTO tollgate_record (id, at, kind, subject_kind, subject, machine, edge, version, actor_kind, actor)
             SELECT {id}, {at}, CASE versions.n WHEN 1 THEN 'creation' ELSE 'transition' END, 'subject',
                    CAST(subjects.n AS {text}), (SELECT id FROM tollgate_machine WHERE name = '{}'),
                    CASE WHEN versions.n = 1 THEN {} WHEN versions.n % 2 = 0 THEN {} ELSE {} END, versions.n, 'user',
                    CASE WHEN versions.n % 2 = 0 THEN '{}' ELSE '{}' END
             FROM versions CROSS JOIN subjects",
            rows("versions", &self.versions),
            rows("subjects", &self.subjects),
            self.machine,
            edge("create"),
            edge(self.transitions[0]),
            edge(self.transitions[1]),
            self.actors[0],
            self.actors[1],
        )
    }
}

/// Inserts the histories, and updates the statistics of the database.
pub(crate) async fn insert(place: &Place, store: &Store, histories: &[Histories]) -> Result<(), Failure> {
    let statements = histories.iter().map(|histories| histories.statement(place.is_postgres())).collect::<Vec<_>>();
    if let Some(postgres) = store.as_postgres() {
        let mut connection = postgres.pool().acquire().await?;
        for sql in ["ALTER TABLE tollgate_record DISABLE TRIGGER USER".to_owned()]
            .into_iter()
            .chain(statements)
            .chain(["ALTER TABLE tollgate_record ENABLE TRIGGER USER".to_owned(), "ANALYZE".to_owned()])
        {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await?;
        }
        return Ok(());
    }
    let connection = rusqlite::Connection::open(place.file())?;
    let checks =
        "SELECT group_concat(sql, ';') FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'tollgate_record'";
    let checks: String = connection.query_row(checks, [], |row| row.get(0))?;
    let names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'tollgate_record'";
    let names: Vec<String> =
        connection.prepare(names)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    for name in names {
        connection.execute_batch(&format!("DROP TRIGGER {name}"))?;
    }
    for sql in statements {
        connection.execute_batch(&sql)?;
    }
    connection.execute_batch(&format!("{checks}; COMMIT"))?;
    Ok(())
}
