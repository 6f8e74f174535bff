//! The statements that write the records of many subjects at once. No subject may be in one twice.

use super::{BY_INDEX, Before, COLUMNS, Columns, Key, New, Writer, key, quoted, quoted_path};

/// What every record has: an array with an element for each, by its name and the type of an element. The first sixteen
/// parameters, in this order.
const RECORD: [(&str, &str); 16] = [
    ("id", "uuid"),
    ("at", "timestamptz"),
    ("at_nanos", "smallint"),
    ("subject_kind", "text"),
    ("subject", "text"),
    ("edge", "integer"),
    ("version", "bigint"),
    ("actor_kind", "text"),
    ("actor", "text"),
    ("actor_name", "text"),
    ("on_behalf_of", "json"),
    ("reason", "text"),
    ("context", "json"),
    ("data", "json"),
    ("prev", "bytea"),
    ("digest", "bytea"),
];
/// After them, of a change: the state that is reached, the one that is left, and what names the subject in its table.
const CHANGE: [(&str, &str); 3] = [("to_state", "text"), ("from_state", "text"), ("key", "text")];
/// After them, of what is no change.
const OTHER: [(&str, &str); 6] = [
    ("kind", "text"),
    ("machine", "integer"),
    ("event", "text"),
    ("properties", "json"),
    ("refused_by", "text"),
    ("refusal", "text"),
];
/// One row with all ids, which is less for both sides than a row for each.
const WRITTEN: &str = "SELECT ARRAY(SELECT id FROM written)";

/// The arrays side by side, as rows of `g`: those that are `wanted`. In the list of a SELECT, where each row is made as it is
/// asked for; in a FROM every array would be written out first, by itself.
fn given(after: &[(&str, &str)], wanted: impl Fn(&str) -> bool) -> String {
    let arrays = RECORD.iter().chain(after).enumerate().filter(|(_, (name, _))| wanted(name));
    let arrays = arrays.map(|(index, (name, of))| format!("unnest(${}::{of}[]) AS {name}", index + 1));
    format!("(SELECT {}) AS g", arrays.collect::<Vec<_>>().join(", "))
}

/// Events and refusals, of whatever machine.
pub(in crate::postgres) fn others() -> String {
    let names = RECORD.iter().chain(&OTHER).map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    format!(
        "WITH written AS (INSERT INTO tollgate_record ({names}) SELECT {names} FROM {}
             ON CONFLICT DO NOTHING RETURNING id) {WRITTEN}",
        given(&OTHER, |_| true)
    )
}

impl New {
    /// Not to be joined, which would be a scan of all records where there are few.
    pub(super) const EACH: Self = Self {
        subject: "g.subject",
        version: "g.version",
        time: "(g.at, g.at_nanos)",
        prev: "g.prev",
        from: "g.from_state",
        fence: " OFFSET 0",
    };
}

impl Writer<'_> {
    pub(super) fn creations(&self) -> String {
        let Some(columns) = self.columns else { return self.insert_all("creation", "true") };
        let machine = self.machine;
        let state = quoted(columns.table.state);
        let initial = self.initial();
        self.move_all(
            "creation",
            columns,
            &format!(
                "(t.{state} IS NULL OR t.{state}::text IN ({initial})) AND NOT EXISTS (
                 SELECT FROM tollgate_record WHERE machine = {machine} AND subject = g.subject AND version = 1
                     AND {BY_INDEX})"
            ),
            Before::Known,
        )
    }

    pub(super) fn transitions(&self, before: Before) -> String {
        let follows = self.follows(before, &New::EACH);
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
        self.move_all("transition", columns, &format!("{is_from} AND {is_last} AND {follows}"), before)
    }

    /// Without a table.
    fn insert_all(&self, kind: &str, condition: &str) -> String {
        let insert = self.insert_of(kind, |name| name != "key");
        format!("WITH written AS ({insert} WHERE {condition} ON CONFLICT DO NOTHING RETURNING id) {WRITTEN}")
    }

    /// Moves the rows of which the condition holds, and writes the records of those that have moved. The update is given
    /// what it asks for and no more: it carries a copy of that with each row.
    fn move_all(&self, kind: &str, columns: &Columns, condition: &str, before: Before) -> String {
        let Columns { table, id, state, version } = columns;
        let version = table.version.zip(version.as_ref());
        let version = version.map_or(String::new(), |(column, of)| format!(", {} = g.version::{of}", quoted(column)));
        let key = if key(id) == Key::Other { "key" } else { "subject" };
        let moves = given(&CHANGE, |name| match name {
            "id" | "subject" | "version" | "to_state" | "from_state" => true,
            "at" | "at_nanos" | "prev" => before == Before::Sought,
            _ => name == key,
        });
        let insert = self.insert_of(kind, |name| RECORD.iter().any(|(column, _)| *column == name));
        format!(
            "WITH moved AS (
                 UPDATE {} t SET {} = g.to_state::{state}{version} FROM {moves}
                 WHERE t.{} = g.{key}::{id} AND {condition} RETURNING g.id),
             written AS ({insert} WHERE g.id = ANY (ARRAY(SELECT id FROM moved)) RETURNING id) {WRITTEN}",
            quoted_path(table.name),
            quoted(table.state),
            quoted(table.id),
        )
    }

    fn insert_of(&self, kind: &str, wanted: impl Fn(&str) -> bool) -> String {
        let values = COLUMNS.split(", ").map(|column| match column {
            "kind" => format!("'{kind}'"),
            "machine" => self.machine.to_string(),
            given => format!("g.{given}"),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        format!("INSERT INTO tollgate_record ({COLUMNS}) SELECT {values} FROM {}", given(&CHANGE, wanted))
    }
}
