//! The statements that write the records of many subjects at once. No subject may be in one twice.

use super::{BY_INDEX, COLUMNS, Columns, Key, New, Writer, key, quoted, quoted_path};

/// The records, as rows of `g`: an array for each column. With [`EXTRA`] after them.
const GIVEN: &str = "unnest($1::uuid[], $2::timestamptz[], $3::smallint[], $4::text[], $5::text[], $6::integer[], \
    $7::bigint[], $8::text[], $9::text[], $10::text[], $11::json[], $12::text[], $13::json[], $14::json[], \
    $15::bytea[], $16::bytea[]";
const NAMES: &str = "id, at, at_nanos, subject_kind, subject, edge, version, actor_kind, actor, actor_name, \
    on_behalf_of, reason, context, data, prev, digest";
/// State that is reached, state that is left, and what names the subject in its table.
const EXTRA: &str = ", $17::text[], $18::text[], $19::text[]) AS g(";
const EXTRA_NAMES: &str = ", to_state, from_state, key)";
/// One row with all ids, which is less for both sides than a row for each.
const WRITTEN: &str = "SELECT array_agg(id) FROM written";

/// Events and refusals, of whatever machine.
pub(in crate::postgres) fn others() -> String {
    format!(
        "WITH written AS (
         INSERT INTO tollgate_record ({NAMES}, kind, machine, event, properties, refused_by, refusal)
         SELECT id, at, at_nanos, subject_kind, subject, edge, version, actor_kind, actor, actor_name, on_behalf_of,
                reason, context, data, prev, digest, kind, machine, event, properties, refused_by,
                refusal
         FROM {GIVEN}, $17::text[], $18::integer[], $19::text[], $20::json[], $21::text[], $22::text[])
             AS g({NAMES}, kind, machine, event, properties, refused_by, refusal)
         ON CONFLICT DO NOTHING RETURNING id) {WRITTEN}"
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
        let given = format!("{GIVEN}{EXTRA}{NAMES}{EXTRA_NAMES}");
        let values = self.values_of("creation");
        let Some(columns) = self.columns else {
            return format!(
                "WITH written AS (INSERT INTO tollgate_record ({COLUMNS}) SELECT {values} FROM {given}
                     ON CONFLICT DO NOTHING RETURNING id) {WRITTEN}"
            );
        };
        let machine = self.machine;
        let state = quoted(columns.table.state);
        let initial = self.initial();
        let update = update_from(columns, &given);
        format!(
            "WITH moved AS ({update} AND (t.{state} IS NULL OR t.{state}::text IN ({initial})) AND NOT EXISTS (
                 SELECT FROM tollgate_record WHERE machine = {machine} AND subject = g.subject AND version = 1
                     AND {BY_INDEX}) RETURNING g.*), written AS (
                 INSERT INTO tollgate_record ({COLUMNS}) SELECT {values} FROM moved g RETURNING id) {WRITTEN}"
        )
    }

    /// Each `follows` its predecessor.
    pub(super) fn transitions(&self, follows: &str) -> String {
        let given = format!("{GIVEN}{EXTRA}{NAMES}{EXTRA_NAMES}");
        let values = self.values_of("transition");
        let machine = self.machine;
        let Some(columns) = self.columns else {
            return format!(
                "WITH written AS (INSERT INTO tollgate_record ({COLUMNS}) SELECT {values} FROM {given} WHERE {follows}
                     ON CONFLICT DO NOTHING RETURNING id) {WRITTEN}"
            );
        };
        let update = update_from(columns, &given);
        let is_from = self.is_named(&format!("t.{}::text", quoted(columns.table.state)), "g.from_state");
        let is_last = match columns.table.version {
            Some(version) => format!("t.{} = g.version - 1", quoted(version)),
            None => format!(
                "NOT EXISTS (SELECT FROM tollgate_record
                             WHERE machine = {machine} AND subject = g.subject AND version = g.version AND {BY_INDEX})"
            ),
        };
        format!(
            "WITH moved AS ({update} AND {is_from} AND {is_last} AND {follows} RETURNING g.*), written AS (
                 INSERT INTO tollgate_record ({COLUMNS}) SELECT {values} FROM moved g RETURNING id) {WRITTEN}"
        )
    }

    fn values_of(&self, kind: &str) -> String {
        let machine = self.machine;
        format!(
            "g.id, g.at, g.at_nanos, '{kind}', g.subject_kind, g.subject, {machine}, g.edge, g.version, g.actor_kind, \
             g.actor, g.actor_name, g.on_behalf_of, g.reason, g.context, g.data, g.prev, g.digest"
        )
    }
}

fn update_from(columns: &Columns, given: &str) -> String {
    let Columns { table, id, state, version } = columns;
    let version = table.version.zip(version.as_ref());
    let version = version.map_or(String::new(), |(column, of)| format!(", {} = g.version::{of}", quoted(column)));
    let key = if key(id) == Key::Other { "g.key" } else { "g.subject" };
    format!(
        "UPDATE {} t SET {} = g.to_state::{state}{version} FROM {given} WHERE t.{} = {key}::{id}",
        quoted_path(table.name),
        quoted(table.state),
        quoted(table.id),
    )
}
