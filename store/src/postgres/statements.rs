//! The statements of a machine, written out when it is registered.

mod many;

use std::sync::Arc;

use tollgate::Table;
use tollgate::chart::Chart;

pub(super) use self::many::others;
use super::committed::Committed;
use crate::row::Row;

/// The columns of the user's table, by their types as the server writes them.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub(super) table: Table,
    pub(super) id: String,
    pub(super) state: String,
    pub(super) version: Option<String>,
}

/// What names a subject in the user's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// An integer of so many bits: written as it is on record.
    Integer(u32),
    /// Written as it is on record.
    Uuid,
    /// Written without the quotes that a record puts around some texts.
    Other,
}

/// What is kept beside each machine: its statements, as text. Each connection prepares them once.
#[derive(Debug)]
pub(crate) struct Statements {
    pub(super) creation: Arc<str>,
    pub(super) transition: Arc<str>,
    /// The same for many subjects at once.
    pub(super) creations: Arc<str>,
    pub(super) transitions: Arc<str>,
    /// Transitions that follow a record which was seen: one, and many. None where the row has no version.
    pub(super) next: Option<[Arc<str>; 2]>,
    pub(super) committed: Committed,
    /// The last record and the row.
    pub(super) last: Arc<str>,
    /// None without a table.
    pub(super) key: Option<Key>,
}

/// Where one record is looked for: whoever plans it is to take the index, however small the table is by then.
const BY_INDEX: &str = "(version IS NOT NULL OR tollgate_by_index(version))";

/// The state that the record before led to.
const REACHED: &str = "tollgate_reached(p.edge)";

/// What a change has on record, in this order: the first sixteen parameters of each statement.
const COLUMNS: &str = "id, at, at_nanos, kind, subject_kind, subject, machine, edge, version, actor_kind, actor, \
                       actor_name, on_behalf_of, reason, context, data, prev, digest";

impl Statements {
    pub(super) fn of(chart: &Chart, machine: i32, columns: Option<&Columns>, keeps_chain: bool) -> Self {
        let writer = Writer { chart, machine, columns, keeps_chain };
        Self {
            creation: writer.creation().into(),
            transition: writer.transition(Before::Sought).into(),
            creations: writer.creations().into(),
            transitions: writer.transitions(Before::Sought).into(),
            next: columns
                .filter(|columns| columns.table.version.is_some())
                .map(|_| [writer.transition(Before::Known).into(), writer.transitions(Before::Known).into()]),
            committed: Committed::default(),
            last: writer.last().into(),
            key: columns.map(|columns| key(&columns.id)),
        }
    }

    /// Writes one transition of this row, which leaves the state `from`.
    pub(super) fn transition_of(&self, row: &Row, from: Option<&str>) -> &Arc<str> {
        match &self.next {
            Some([next, _]) if self.committed.has_before(row, from) => next,
            _ => &self.transition,
        }
    }

    /// The same for many.
    pub(super) fn transitions_of<'r>(&self, mut all: impl Iterator<Item = (&'r Row, Option<&'r str>)>) -> &Arc<str> {
        match &self.next {
            Some([_, next]) if all.all(|(row, from)| self.committed.has_before(row, from)) => next,
            _ => &self.transitions,
        }
    }
}

fn key(of_type: &str) -> Key {
    match of_type {
        "smallint" => Key::Integer(16),
        "integer" => Key::Integer(32),
        "bigint" => Key::Integer(64),
        "uuid" => Key::Uuid,
        _ => Key::Other,
    }
}

/// The record that a transition follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The statement looks for it.
    Sought,
    /// The store has seen it.
    Known,
}

/// How a statement writes what is asked of the record that it inserts.
struct New {
    subject: &'static str,
    version: &'static str,
    time: &'static str,
    prev: &'static str,
    from: &'static str,
    fence: &'static str,
}

impl New {
    const ONE: Self = Self { subject: "$5", version: "$7", time: "($2, $3)", prev: "$15", from: "$17", fence: "" };
}

struct Writer<'a> {
    chart: &'a Chart,
    machine: i32,
    columns: Option<&'a Columns>,
    keeps_chain: bool,
}

impl Writer<'_> {
    /// The values of [`COLUMNS`]. What every change of this kind and machine has in common is no parameter.
    fn values(&self, kind: &str) -> String {
        let machine = self.machine;
        format!("$1, $2, $3, '{kind}', $4, $5, {machine}, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16")
    }

    /// `$18` is the state in the user's table; `$19` what names the subject there, where that is no number.
    fn creation(&self) -> String {
        let values = self.values("creation");
        let Some(columns) = self.columns else {
            return format!("INSERT INTO tollgate_record ({COLUMNS}) VALUES ({values}) ON CONFLICT DO NOTHING");
        };
        let state = quoted(columns.table.state);
        let initial = self.initial();
        let update = update(columns, "$19");
        format!(
            "WITH moved AS ({update} AND ({state} IS NULL OR {state}::text IN ({initial})) AND NOT EXISTS (
                 SELECT FROM tollgate_record WHERE machine = {machine} AND subject = $5 AND version = 1
                     AND {BY_INDEX}) RETURNING 1)
             INSERT INTO tollgate_record ({COLUMNS}) SELECT {values} FROM moved",
            machine = self.machine,
        )
    }

    /// `$17` is the state that is left. With a table `$18` is the state that is reached, and `$19` what names the subject
    /// in the table, where that is no number.
    ///
    /// That it follows its predecessor is a condition of the update: were it one of the insert alone, the row would move
    /// without a record.
    fn transition(&self, before: Before) -> String {
        let follows = self.follows(before, &New::ONE);
        let values = self.values("transition");
        let Some(columns) = self.columns else {
            return format!(
                "INSERT INTO tollgate_record ({COLUMNS}) SELECT {values} WHERE {follows} ON CONFLICT DO NOTHING"
            );
        };
        let update = update(columns, "$19");
        let is_from = self.is_named(&format!("{}::text", quoted(columns.table.state)), "$17");
        let is_last = match columns.table.version {
            Some(version) => format!("{} = $7 - 1", quoted(version)),
            // Where nothing in the row tells two versions of one state apart.
            None => format!(
                "NOT EXISTS (SELECT FROM tollgate_record WHERE machine = {} AND subject = $5 AND version = $7
                             AND {BY_INDEX})",
                self.machine
            ),
        };
        format!(
            "WITH moved AS ({update} AND {is_from} AND {is_last} AND {follows} RETURNING 1)
             INSERT INTO tollgate_record ({COLUMNS}) SELECT {values} FROM moved"
        )
    }

    /// The subject's last record is the one that the `new` one follows, also in time. A chain proves by the digest what state
    /// that led to.
    fn follows(&self, before: Before, new: &New) -> String {
        if before == Before::Known {
            return "true".to_owned();
        }
        let New { subject, version, time, prev, from, fence } = new;
        let which = if self.keeps_chain {
            format!("p.digest IS NOT DISTINCT FROM {prev}")
        } else {
            self.is_named(REACHED, from)
        };
        format!(
            "EXISTS (SELECT FROM tollgate_record p
                     WHERE p.machine = {} AND p.subject = {subject} AND p.version = {version} - 1
                       AND (p.at, p.at_nanos) <= {time} AND {which} AND {BY_INDEX}{fence})",
            self.machine
        )
    }

    /// This is the state of that name, by it or a former one.
    fn is_named(&self, state: &str, name: &str) -> String {
        let states = self.chart.states.iter();
        let former = states.flat_map(|state| state.was.iter().map(|was| (literal(was), literal(state.name))));
        let former: Vec<String> = former.map(|(was, name)| format!("({was}, {name})")).collect();
        if former.is_empty() {
            return format!("{state} = {name}");
        }
        format!("({state} = {name} OR ({state}, {name}) IN ({}))", former.join(", "))
    }

    /// What a row's state may say before the subject is created.
    fn initial(&self) -> String {
        let names = self.chart.initial().flat_map(|state| [state.name].into_iter().chain(state.was.iter().copied()));
        names.map(literal).collect::<Vec<_>>().join(", ")
    }

    /// `$1` is the subject on record, `$2` what names it in the table. There is always one row.
    fn last(&self) -> String {
        let machine = self.machine;
        let record = format!(
            "(SELECT 1) one LEFT JOIN (SELECT * FROM tollgate_record WHERE machine = {machine} AND subject = $1
                  AND version IS NOT NULL AND {BY_INDEX} ORDER BY version DESC LIMIT 1) r ON true
             LEFT JOIN tollgate_edge e ON e.id = r.edge LEFT JOIN tollgate_chart c ON c.id = e.chart"
        );
        let columns = super::read::COLUMNS;
        let Some(Columns { table, id, .. }) = self.columns else {
            return format!("SELECT {columns}, false AS has_row, NULL::text, NULL::bigint FROM {record}");
        };
        let version =
            table.version.map_or("NULL::bigint".to_owned(), |version| format!("t.{}::bigint", quoted(version)));
        format!(
            "SELECT {columns}, t.{key} IS NOT NULL AS has_row, t.{}::text, {version}
             FROM {record} LEFT JOIN {} t ON t.{key} = $2::{id}",
            quoted(table.state),
            quoted_path(table.name),
            key = quoted(table.id),
        )
    }
}

fn update(columns: &Columns, other: &str) -> String {
    let Columns { table, id, state, version } = columns;
    let version = table.version.zip(version.as_ref());
    let version = version.map_or(String::new(), |(column, of)| format!(", {} = $7::{of}", quoted(column)));
    format!(
        "UPDATE {} SET {} = $18::{state}{version} WHERE {} = {}::{id}",
        quoted_path(table.name),
        quoted(table.state),
        quoted(table.id),
        if key(id) == Key::Other { other } else { "$5" }
    )
}

/// A table with its schema: `press.reports`.
pub(super) fn quoted_path(name: &str) -> String {
    name.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A backslash means itself, whatever `standard_conforming_strings` says.
fn literal(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "''");
    if text.contains('\\') { format!("E'{escaped}'") } else { format!("'{escaped}'") }
}
