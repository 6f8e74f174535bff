//! The output of the examples `plugins` and `datasette`, which is the same on each run.

use crate::{run, scratch};

#[test]
fn plugins_count_alert_and_forward() {
    let run = run::<&str>(&scratch("plugins"), "plugins", &[]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_eq!(
        run.out,
        "\
Alarms, as they are raised:
  2026-05-01 09:31:30 UTC: the third refused login of `bob` within a minute, from 198.51.100.3

How often each actor did each thing:
                     ann    bob    all
  Loan: create         1      0      1
  Loan: give_back      0      1      1
  Loan: renew          2      0      2
  login                1      1      2
  login-refused        0      4      4
  logout               1      0      1

Records: 11 in the log, 11 forwarded in the background
"
    );
}

const DATASETTE: &str = "\
Two events of one write are delivered when both are written:
    notified of create-table; the file has trees with 3 rows
    notified of insert-rows; the file has trees with 3 rows
The table gets a column:
    notified of alter-table; the file has trees with 3 rows
    the schema was CREATE TABLE trees (id integer primary key, name text not null unique)
    and is now     CREATE TABLE trees (id integer primary key, name text not null unique, height real)
Rows are inserted or updated, updated, deleted:
    notified of upsert-rows; the file has trees with 4 rows
    notified of update-row; the file has trees with 4 rows
    notified of delete-row; the file has trees with 3 rows
A write fails at its second part, and the event of the first is not delivered:
    undone: UNIQUE constraint failed: trees.name
An event has a name that another type has, and its row is not written:
    undone: the event name `insert-rows` is taken
The table gets another name, and is dropped:
    notified of rename-table; the file has plants with 3 rows
    notified of drop-table; the file has neither

The audit table in the same file:
     event         actor  reason                            properties
  1  create-table  ann                                      table=\"trees\"
  2  insert-rows   ann                                      ignore=false num_rows=3 replace=false table=\"trees\"
  3  alter-table   ann    heights are measured from now on  table=\"trees\"
  4  upsert-rows   bob                                      num_rows=2 table=\"trees\"
  5  update-row    bob                                      pks=[2] table=\"trees\"
  6  delete-row    ann    the storm took it                 pks=[3] table=\"trees\"
  7  rename-table  ann                                      new_table=\"plants\" old_table=\"trees\"
  8  drop-table    ann                                      table=\"plants\"
";

#[test]
fn writes_notify_after_their_commit_and_a_second_run_starts_empty() {
    let folder = scratch("datasette");
    for _ in 0..2 {
        let run = run::<&str>(&folder, "datasette", &[]);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        // The error has the remedy.
        let lines = run.out.lines().map(|line| match line.find("`insert-rows` is taken") {
            Some(place) => &line[..place + "`insert-rows` is taken".len()],
            None => line,
        });
        assert_eq!(lines.collect::<Vec<_>>(), DATASETTE.lines().collect::<Vec<_>>());
    }
    assert!(folder.join("target/datasette.db").exists());
}
