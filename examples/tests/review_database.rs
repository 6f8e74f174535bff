//! The example `review` with `--db`: its data in a database, and how a second run continues.

use std::fs;
use std::path::Path;

use crate::{COMMANDS, Run, run, run_with_input, scratch};

fn totals(run: &Run) -> &str {
    run.out.split("\nTotals\n").nth(1).unwrap_or_else(|| panic!("there are totals: {}{}", run.out, run.err))
}

/// The name of a Postgres database in the output.
const POSTGRES: &str = "of the Postgres database";

fn sqlite(folder: &Path) -> String {
    folder.join("review.db").display().to_string()
}

#[test]
fn sqlite_has_the_trails_refusals_and_totals_of_a_file() {
    let folder = scratch("database-same");
    let database = sqlite(&folder);
    same_as_a_file(&folder, &database, &database);
}

#[test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
fn postgres_has_the_trails_refusals_and_totals_of_a_file() {
    same_as_a_file(&scratch("database-same-postgres"), &tollgate_cluster::database("review-same"), POSTGRES);
}

fn same_as_a_file(folder: &Path, database: &str, name: &str) {
    let in_file = run(folder, "review", &[COMMANDS]);
    let in_database = run(folder, "review", &["--db", database, COMMANDS]);
    assert_eq!((in_database.code, in_database.err.as_str()), (Some(0), ""));
    let expected = in_file.out.replace("trail target/review.trail.jsonl", &format!("trail {name}"));
    assert!(in_database.out == expected, "{}", in_database.out);
}

#[test]
fn second_run_on_sqlite_continues_the_first() {
    let folder = scratch("database-halves");
    let database = sqlite(&folder);
    second_run_continues(&folder, &database, &database);
}

#[test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
fn second_run_on_postgres_continues_the_first() {
    second_run_continues(&scratch("database-halves-postgres"), &tollgate_cluster::database("review-halves"), POSTGRES);
}

fn second_run_continues(folder: &Path, database: &str, name: &str) {
    let whole = run(folder, "review", &[COMMANDS]);
    let tables = |run: &Run| run.out.split("\nRefused:").next().map(str::to_owned);
    let commands = fs::read_to_string(COMMANDS).expect("the file is there");
    let lines: Vec<&str> = commands.lines().collect();
    let [first, second] = [&lines[..120], &lines[120..]].map(|lines| lines.join("\n"));
    let before = run_with_input(folder, "review", &["--db", database, "-"], first.as_bytes());
    assert_eq!(before.code, Some(0), "{}", before.err);
    let after = run_with_input(folder, "review", &["--db", database, "-"], second.as_bytes());
    let (note, rest) = after.out.split_once("\n\n").expect("it names the trail that it continues");
    assert!(note.starts_with(&format!("Continuing {name}, which holds ")), "{note}");
    assert!(Some(rest.split("\nRefused:").next().unwrap_or_default().to_owned()) == tables(&whole), "{}", after.out);
    assert!(totals(&after).contains("169 changes, 29 refusals, of which "), "{}", totals(&after));
}

#[test]
fn unnamed_database_is_under_target_and_is_not_the_file_of_commands() {
    let folder = scratch("database-default");
    let run = run(&folder, "review", &["--db", COMMANDS]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert!(totals(&run).contains("trail target/review.db: 169 changes"), "{}", totals(&run));
    assert!(folder.join("target/review.db").exists() && !folder.join("target/review.trail.jsonl").exists());
}

#[test]
fn row_that_was_changed_manually_is_refused() {
    let folder = scratch("database-hand");
    let create = br#"{"report": 1, "create": {"title": "Rents"}, "by": "ann"}"#;
    assert_eq!(run_with_input(&folder, "review", &["--db", "mine.db", "-"], create).code, Some(0));
    let connection = rusqlite::Connection::open(folder.join("mine.db")).expect("the database opens");
    connection.execute("UPDATE reports SET state = 'Published'", []).expect("the row is the user's own");
    let refused = run_with_input(&folder, "review", &["--db", "mine.db", "-"], br#"{"report": 1, "fire": "archive"}"#);
    assert_eq!((refused.code, refused.out.lines().count()), (Some(1), 2), "{}", refused.out);
    let words = "review: the row of Report 1 in `reports` has `Published` at version 1, but its history is in `Draft` at version 1; correct the row\n";
    assert_eq!(refused.err, words);
}

#[test]
fn mistakes_with_a_database_are_named() {
    let folder = scratch("database-usage");
    let file_too = "`--db` keeps the trail in the database; `--trail` and `--resume` are for files";
    let cases: [(&[&str], &str); 5] = [
        (&["--db", "a.db", "--trail", "x", COMMANDS], file_too),
        (&["--resume", "x", "--db", COMMANDS], file_too),
        (&["--db", "a.db", "--db", "b.db", COMMANDS], "`--db` is given twice"),
        (
            &["--db=mysql://here/reports", COMMANDS],
            "`--db` takes the name of a file, or the address of a Postgres database",
        ),
        (&["--db=:memory:", COMMANDS], "`--db` takes the name of a file, or the address of a Postgres database"),
    ];
    for (arguments, words) in cases {
        let run = run(&folder, "review", arguments);
        assert_eq!(
            (run.code, run.err),
            (Some(2), format!("review: {words}; `--help` lists the options\n")),
            "{arguments:?}"
        );
    }
    let gone = run(&folder, "review", &["--db=postgres://ann@127.0.0.1:1/reports", COMMANDS]);
    assert!(gone.err.starts_with("review: the Postgres database cannot be reached: "), "{}", gone.err);
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 0);
    fs::write(
        folder.join("text.db"),
        "this is not a database, and longer than the header of one would be..................\n",
    )
    .expect("a file");
    let run = run(&folder, "review", &["--db", "text.db", COMMANDS]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(run.err.starts_with("review: `text.db`: "), "{}", run.err);
}
