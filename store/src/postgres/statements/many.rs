//! The statements that write the records of many subjects at once. No subject may be in one twice.

use super::{BY_INDEX, Columns, Given, Parameters, Writer, names_subject, quoted, quoted_path};

/// One row: the ids of those that were written, or null where all were whose ids are the first parameter.
const WRITTEN: &str =
    "SELECT CASE WHEN (SELECT count(*) FROM written) < cardinality($1) THEN ARRAY(SELECT id FROM written) END";

/// The arrays side by side, as rows of `g`: those that are `wanted`. In the list of a SELECT, where each row is made as it is
/// asked for; in a FROM every array would be written out first, by itself.
fn unnested(given: &Parameters, wanted: impl Fn(Given) -> bool) -> String {
    let arrays = given.iter().filter(|array| wanted(*array)).map(|array| {
        let (name, of) = array.named();
        format!("unnest({}::{of}[]) AS {name}", given.place(array))
    });
    format!("(SELECT {}) AS g", arrays.collect::<Vec<_>>().join(", "))
}

/// Of a row of `g`.
fn each(given: Given) -> String {
    format!("g.{}", given.named().0)
}

/// Keeps a lookup from being joined, which would be a scan of all records where there are few.
const FENCE: &str = " OFFSET 0";

pub(super) fn others(given: &Parameters, here: &str) -> String {
    let (columns, values) = given.columns(each);
    format!(
        "WITH written AS (INSERT INTO tollgate_record ({columns}) SELECT {values} FROM {} WHERE {here}
             ON CONFLICT DO NOTHING RETURNING id) {WRITTEN}",
        unnested(given, |_| true)
    )
}

impl Writer<'_> {
    pub(super) fn creations(&self) -> String {
        let Some(columns) = self.columns else { return self.insert_all("creation", self.here) };
        let machine = self.machine;
        let state = quoted(columns.table.state);
        let (here, initial) = (self.here, self.initial());
        self.move_all(
            "creation",
            columns,
            &format!(
                "{here} AND (t.{state} IS NULL OR t.{state}::text IN ({initial})) AND NOT EXISTS (
                 SELECT FROM tollgate_record WHERE machine = {machine} AND subject = g.subject AND version = 1
                     AND {BY_INDEX})"
            ),
        )
    }

    pub(super) fn transitions(&self) -> String {
        let follows = self.follows(each, FENCE);
        let Some(columns) = self.columns else { return self.insert_all("transition", &follows) };
        let is_from = self.is_named(&format!("t.{}::text", quoted(columns.table.state)), "g.from_state");
        let is_last = match columns.table.version {
            Some(version) => format!("t.{} = g.version - 1", quoted(version)),
            None => format!(
                "NOT EXISTS (SELECT FROM tollgate_record
                             WHERE machine = {} AND subject = g.subject AND version = g.version AND {BY_INDEX})",
                self.machine
            ),
        };
        self.move_all("transition", columns, &format!("{is_from} AND {is_last} AND {follows}"))
    }

    /// Without a table.
    fn insert_all(&self, kind: &str, condition: &str) -> String {
        let insert = self.insert_of(kind, |_| true);
        format!("WITH written AS ({insert} WHERE {condition} ON CONFLICT DO NOTHING RETURNING id) {WRITTEN}")
    }

    /// Moves the rows of which the condition holds, and writes the records of those that have moved. The update is given
    /// what it asks for and no more: it carries a copy of that with each row. Which have moved is asked of each, and not how
    /// many: where ids are not unique in the table, two rows of one subject are not those of two.
    fn move_all(&self, kind: &str, columns: &Columns, condition: &str) -> String {
        let Columns { table, id, state, version, .. } = columns;
        let version = table.version.zip(version.as_ref());
        let version = version.map_or(String::new(), |(column, of)| format!(", {} = g.version::{of}", quoted(column)));
        let key = names_subject(id);
        let moves = unnested(self.given, |given| match given {
            Given::Id | Given::Subject | Given::Version | Given::To | Given::From => true,
            Given::At | Given::AtNanos | Given::Prev => true,
            _ => given == key,
        });
        let key = each(key);
        let insert = self.insert_of(kind, Given::is_on_record);
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

    fn insert_of(&self, kind: &str, wanted: impl Fn(Given) -> bool) -> String {
        let (names, values) = self.record(kind, each);
        format!("INSERT INTO tollgate_record ({names}) SELECT {values} FROM {}", unnested(self.given, wanted))
    }
}
