//! The examples `plugins` and `datasette`: what they print is the same each time.

use crate::{run, scratch};

#[test]
fn plugins_count_raise_an_alarm_and_forward() {
    let run = run::<&str>(&scratch("plugins"), "plugins", &[]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_eq!(
        run.out,
        "\
Alarms, as they are raised:
  2026-05-01 09:31:30 UTC: the third refused login of `bob` within a minute, from 198.51.100.3

Who did what, and how often:
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
Two events of one write are told when both are written:
    told of create-table; the file has trees with 3 rows
    told of insert-rows; the file has trees with 3 rows
The table gets a column:
    told of alter-table; the file has trees with 3 rows
    the schema was CREATE TABLE trees (id integer primary key, name text not null unique)
    and is now     CREATE TABLE trees (id integer primary key, name text not null unique, height real)
Rows are inserted or updated, updated, deleted:
    told of upsert-rows; the file has trees with 4 rows
    told of update-row; the file has trees with 4 rows
    told of delete-row; the file has trees with 3 rows
A write fails at its second part, and nobody is told of the first:
    undone: UNIQUE constraint failed: trees.name
An event has a name that another type has, and its row is not written:
    undone: the event name `insert-rows` is taken
The table gets another name, and is dropped:
    told of rename-table; the file has plants with 3 rows
    told of drop-table; the file has neither

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
fn writes_are_told_when_they_are_committed_and_a_second_run_begins_anew() {
    let folder = scratch("datasette");
    for _ in 0..2 {
        let run = run::<&str>(&folder, "datasette", &[]);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        // The error then says what would work.
        let lines = run.out.lines().map(|line| match line.find("`insert-rows` is taken") {
            Some(place) => &line[..place + "`insert-rows` is taken".len()],
            None => line,
        });
        assert_eq!(lines.collect::<Vec<_>>(), DATASETTE.lines().collect::<Vec<_>>());
    }
    assert!(folder.join("target/datasette.db").exists());
}
