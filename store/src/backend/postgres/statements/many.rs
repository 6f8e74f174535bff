//! The statements that write the records of many subjects. A statement may contain each subject only once.

use super::{BY_INDEX, Column, Columns, TableColumns, Writer, names_subject, quoted, quoted_path};

/// Returns one row: the ids of the written records, or null if all ids of the first parameter were written.
const WRITTEN: &str =
    "SELECT CASE WHEN (SELECT count(*) FROM written) < cardinality($1) THEN ARRAY(SELECT id FROM written) END";

/// Returns the `wanted` arrays as rows of `g`. They are in the list of a SELECT, which produces each row on demand; in a
/// FROM the server would materialize every array first.
fn unnested(columns: &Columns, wanted: impl Fn(Column) -> bool) -> String {
    let arrays = columns.iter().filter(|array| wanted(*array)).map(|array| {
        let (name, of) = array.named();
        format!("unnest({}::{of}[]) AS {name}", columns.parameter(array))
    });
    format!("(SELECT {}) AS g", arrays.collect::<Vec<_>>().join(", "))
}

/// Returns the column of a row of `g`.
fn each(column: Column) -> String {
    format!("g.{}", column.named().0)
}

/// Prevents the planner from a join that scans all records while the table is small.
const FENCE: &str = " OFFSET 0";

pub(super) fn others(columns: &Columns, identity: &str) -> String {
    let (names, values) = columns.on_record(each);
    format!(
        "WITH written AS (INSERT INTO tollgate_record ({names}) SELECT {values} FROM {} WHERE {identity}
             ON CONFLICT DO NOTHING RETURNING id) {WRITTEN}",
        unnested(columns, |_| true)
    )
}

impl Writer<'_> {
    pub(super) fn creations(&self) -> String {
        let Some(table_columns) = self.table_columns else { return self.insert_all("creation", self.identity) };
        let machine = self.machine;
        let state = quoted(table_columns.table.state);
        let (identity, initial) = (self.identity, self.initial());
        self.move_all(
            "creation",
            table_columns,
            &format!(
                "{identity} AND (t.{state} IS NULL OR t.{state}::text IN ({initial})) AND NOT EXISTS (
                 SELECT FROM tollgate_record WHERE machine = {machine} AND subject = g.subject AND version = 1
                     AND {BY_INDEX})"
            ),
        )
    }

    pub(super) fn transitions(&self) -> String {
        let follows = self.follows(each, FENCE);
        let Some(table_columns) = self.table_columns else { return self.insert_all("transition", &follows) };
        let is_from = self.is_named(&format!("t.{}::text", quoted(table_columns.table.state)), "g.from_state");
        let is_last = match table_columns.table.version {
            Some(version) => format!("t.{} = g.version - 1", quoted(version)),
            None => format!(
                "NOT EXISTS (SELECT FROM tollgate_record
                             WHERE machine = {} AND subject = g.subject AND version = g.version AND {BY_INDEX})",
                self.machine
            ),
        };
        self.move_all("transition", table_columns, &format!("{is_from} AND {is_last} AND {follows}"))
    }

    /// Returns the statement for subjects without a table.
    fn insert_all(&self, kind: &str, condition: &str) -> String {
        let insert = self.insert_of(kind, |_| true);
        format!("WITH written AS ({insert} WHERE {condition} ON CONFLICT DO NOTHING RETURNING id) {WRITTEN}")
    }

    /// Returns the statement that moves the rows for which the condition is true, and writes the records of the moved rows.
    ///
    /// The update has only the arrays that it compares, because it copies them with each row. The insert compares ids
    /// instead of counts: if ids are not unique in the table, two rows of one subject must not count as two subjects.
    fn move_all(&self, kind: &str, table_columns: &TableColumns, condition: &str) -> String {
        let TableColumns { table, id, state, version, .. } = table_columns;
        let version = table.version.zip(version.as_ref());
        let version = version.map_or(String::new(), |(column, of)| format!(", {} = g.version::{of}", quoted(column)));
        let key = names_subject(id);
        let moves = unnested(self.columns, |column| match column {
            Column::Id
            | Column::At
            | Column::AtNanos
            | Column::Subject
            | Column::Version
            | Column::Prev
            | Column::To
            | Column::From => true,
            _ => column == key,
        });
        let key = each(key);
        let insert = self.insert_of(kind, Column::is_on_record);
        format!(
            "WITH moved AS (
                 UPDATE {} t SET {} = g.to_state::{state}{version} FROM {moves}
                 WHERE t.{} = {key}::{id} AND {condition} RETURNING g.id),
             written AS ({insert} WHERE g.id = ANY (ARRAY(SELECT id FROM moved)) RETURNING id) {WRITTEN}",
            quoted_path(table.name),
            quoted(table.state),
            quoted(table.id),
        )
    }

    fn insert_of(&self, kind: &str, wanted: impl Fn(Column) -> bool) -> String {
        let (names, values) = self.record(kind, each);
        format!("INSERT INTO tollgate_record ({names}) SELECT {values} FROM {}", unnested(self.columns, wanted))
    }
}
