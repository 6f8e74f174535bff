//! The page of the store: its program, and its queries for a DBA.

use crate::{COMMANDS, run, scratch};

const PAGE: &str = include_str!("../../store/README.md");

#[test]
fn readme_program_is_the_one_that_the_page_compiles() {
    let shown = include_str!("../../README.md").split("```rs\n").nth(1).and_then(|rest| rest.split("```").next());
    let mut compiled = PAGE.split("```").nth(1).expect("the page has a program").lines().map(str::trim);
    for line in shown.expect("the README shows a part of it").lines().map(str::trim).filter(|line| !line.is_empty()) {
        assert!(compiled.any(|compiled| compiled == line), "`{line}` is not in the program, or not at this place");
    }
}

/// The queries for a DBA.
fn queries() -> Vec<&'static str> {
    let queries: Vec<_> = PAGE.split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(queries.len(), 3);
    queries
}

const STATES: [&str; 4] = ["Report|Archived|12", "Report|Draft|3", "Report|Published|12", "Report|Review|1"];

#[test]
fn queries_for_a_dba_work_on_sqlite() {
    let queries = queries();
    let folder = scratch("dba");
    assert_eq!(run(&folder, "review", &["--db", "review.db", COMMANDS]).code, Some(0));
    let connection = rusqlite::Connection::open(folder.join("review.db")).expect("the database opens");
    let answers = queries.iter().map(|query| {
        let mut statement = connection.prepare(query).expect("it is SQL");
        let width = statement.column_count();
        let rows = statement.query_map([], |row| {
            let cells = (0..width).map(|cell| row.get::<_, rusqlite::types::Value>(cell));
            let cells = cells.map(|cell| {
                cell.map(|cell| match cell {
                    rusqlite::types::Value::Text(text) => text,
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    _ => String::new(),
                })
            });
            Ok(cells.collect::<Result<Vec<_>, _>>()?.join("|"))
        });
        rows.expect("it is answered").collect::<Result<Vec<_>, _>>().expect("rows")
    });
    let answers: Vec<Vec<String>> = answers.collect();
    assert_eq!(answers[0].len(), 7, "{:?}", answers[0]);
    assert!(answers[0][2].ends_with("|3|reject|Review|Draft|esra|sample too small for the claim on page 9"));
    assert_eq!(answers[1], STATES);
    assert_eq!(answers[2].len(), 1, "{:?}", answers[2]);
}

#[test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
fn queries_for_a_dba_work_on_postgres() {
    let url = tollgate_cluster::database("dba");
    let folder = scratch("dba-postgres");
    let queries = queries();
    assert_eq!(run(&folder, "review", &["--db", &url, COMMANDS]).code, Some(0));
    let psql = tollgate_cluster::shared().expect("there is a server").psql();
    let answered = queries.iter().map(|query| psql.run(&url, query).expect("it is answered"));
    let found: Vec<String> = answered.collect();
    assert_eq!(found[0].lines().count(), 7, "{}", found[0]);
    assert_eq!(found[1].lines().collect::<Vec<_>>(), STATES);
    assert_eq!(found[2].lines().count(), 1, "{}", found[2]);
}
