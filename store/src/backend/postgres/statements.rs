//! The statements of a machine, written out when it is registered.

mod columns;
mod many;

use std::sync::{Arc, LazyLock};

use tollgate::Table;
use tollgate::chart::Chart;

pub(super) use self::columns::Column;
use self::columns::Columns;
use crate::row::decode;

/// The table's columns, by their types as the server writes them.
#[derive(Debug, Clone)]
pub(super) struct TableColumns {
    pub(super) table: Table,
    pub(super) id: String,
    pub(super) state: String,
    pub(super) version: Option<String>,
    /// The largest version that its column holds, if that is less than 64 bits.
    pub(super) most: Option<i64>,
}

/// The type of the id in the user's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdType {
    /// An integer of so many bits: written as it is on record.
    Integer(u32),
    /// Written as it is on record.
    Uuid,
    /// A number of any length: its texts are not all of one form, so that only integers are ids.
    Numeric,
    /// A text that is padded with blanks, and compared without those at its end.
    Padded,
    /// Written without the quotes that a record puts around some texts.
    Other,
}

impl IdType {
    /// Whether the id is a parameter apart from the one in the form that is on record.
    pub(super) fn is_plain(self) -> bool {
        matches!(self, Self::Numeric | Self::Padded | Self::Other)
    }
}

/// A statement as text, which each connection prepares once, and its parameters.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) sql: Arc<str>,
    pub(super) columns: Columns,
}

/// The statements of a machine.
#[derive(Debug)]
pub(crate) struct Statements {
    pub(super) creation: Statement,
    pub(super) transition: Statement,
    /// The same for many subjects at once.
    pub(super) creations: Statement,
    pub(super) transitions: Statement,
    /// Events and refusals: one, and many.
    pub(super) other: Statement,
    pub(super) others: Statement,
    /// Holds in the database in which the machine was registered; see [`identity`](super::identity).
    pub(super) identity: String,
    /// The last record and the row.
    pub(super) last: Arc<str>,
    /// None without a table.
    pub(super) key: Option<IdType>,
    /// The largest version that the row can hold, if that is less than 64 bits.
    pub(super) most: Option<i64>,
}

/// An event or a refusal, of no machine or of one that is looked up with it.
pub(super) static OTHER: LazyLock<Statement> =
    LazyLock::new(|| Statement::new(Columns::of_other(), |columns| other(columns, "true")));
/// Many of them.
pub(super) static OTHERS: LazyLock<Statement> =
    LazyLock::new(|| Statement::new(Columns::of_other(), |columns| many::others(columns, "true")));

/// A record with its names: columns of `tollgate_record r`, `tollgate_edge e` and `tollgate_chart c`.
pub(super) static RECORD: LazyLock<String> = LazyLock::new(|| decode::stored_columns("r.at_nanos"));

/// In each lookup of one record: the plan must use the index, also while the table is small.
const BY_INDEX: &str = "(version IS NOT NULL OR tollgate_by_index(version))";

/// The state that the record before led to.
const REACHED: &str = "tollgate_reached(p.edge)";

impl Statement {
    fn new(columns: Columns, write: impl FnOnce(&Columns) -> String) -> Self {
        Self { sql: write(&columns).into(), columns }
    }
}

impl Statements {
    pub(super) fn of(
        chart: &Chart,
        machine: i32,
        table_columns: Option<&TableColumns>,
        keeps_chain: bool,
        identity: String,
    ) -> Self {
        let key = table_columns.map(|table_columns| key(&table_columns.id));
        let change = |write: &dyn Fn(&Writer<'_>) -> String| {
            Statement::new(Columns::of_change(key), |columns| {
                write(&Writer { chart, machine, table_columns, keeps_chain, identity: &identity, columns })
            })
        };
        Self {
            creation: change(&|writer| writer.creation()),
            transition: change(&|writer| writer.transition()),
            creations: change(&|writer| writer.creations()),
            transitions: change(&|writer| writer.transitions()),
            other: Statement::new(Columns::of_other(), |columns| other(columns, &identity)),
            others: Statement::new(Columns::of_other(), |columns| many::others(columns, &identity)),
            last: last(machine, table_columns, &identity).into(),
            key,
            most: table_columns.and_then(|table_columns| table_columns.most),
            identity,
        }
    }
}

fn key(of_type: &str) -> IdType {
    match of_type {
        "smallint" => IdType::Integer(16),
        "integer" => IdType::Integer(32),
        "bigint" => IdType::Integer(64),
        "uuid" => IdType::Uuid,
        "numeric" => IdType::Numeric,
        "bpchar" => IdType::Padded,
        _ => IdType::Other,
    }
}

struct Writer<'a> {
    chart: &'a Chart,
    machine: i32,
    table_columns: Option<&'a TableColumns>,
    keeps_chain: bool,
    identity: &'a str,
    columns: &'a Columns,
}

impl Writer<'_> {
    /// The parameter of a statement for one record.
    fn one(&self, column: Column) -> String {
        self.columns.parameter(column)
    }

    /// The columns of a record of this kind, and the value of each. Values that every change of this kind and
    /// machine has in common are not parameters.
    fn record(&self, kind: &str, value: impl Fn(Column) -> String) -> (String, String) {
        let (names, values) = self.columns.on_record(value);
        (format!("{names}, kind, machine"), format!("{values}, '{kind}', {}", self.machine))
    }

    fn creation(&self) -> String {
        let (names, values) = self.record("creation", |column| self.one(column));
        let Some(table_columns) = self.table_columns else {
            let identity = self.identity;
            return format!(
                "INSERT INTO tollgate_record ({names}) SELECT {values} WHERE {identity} ON CONFLICT DO NOTHING"
            );
        };
        let state = quoted(table_columns.table.state);
        let initial = self.initial();
        let update = self.update(table_columns);
        format!(
            "WITH moved AS ({update} AND {identity} AND ({state} IS NULL OR {state}::text IN ({initial})) AND NOT EXISTS (
                 SELECT FROM tollgate_record WHERE machine = {machine} AND subject = {subject} AND version = 1
                     AND {BY_INDEX}) RETURNING 1)
             INSERT INTO tollgate_record ({names}) SELECT {values} FROM moved",
            machine = self.machine,
            subject = self.one(Column::Subject),
            identity = self.identity,
        )
    }

    /// That it follows its predecessor is a condition of the update: were it one of the insert alone, the row would move
    /// without a record.
    fn transition(&self) -> String {
        let follows = self.follows(|column| self.one(column), "");
        let (names, values) = self.record("transition", |column| self.one(column));
        let Some(table_columns) = self.table_columns else {
            return format!(
                "INSERT INTO tollgate_record ({names}) SELECT {values} WHERE {follows} ON CONFLICT DO NOTHING"
            );
        };
        let update = self.update(table_columns);
        let is_from = self.is_named(&format!("{}::text", quoted(table_columns.table.state)), &self.one(Column::From));
        let new = self.one(Column::Version);
        let is_last = match table_columns.table.version {
            Some(version) => format!("{} = {new} - 1", quoted(version)),
            // Without a version column, the row does not distinguish two versions in one state.
            None => format!(
                "NOT EXISTS (SELECT FROM tollgate_record WHERE machine = {} AND subject = {} AND version = {new}
                             AND {BY_INDEX})",
                self.machine,
                self.one(Column::Subject),
            ),
        };
        format!(
            "WITH moved AS ({update} AND {is_from} AND {is_last} AND {follows} RETURNING 1)
             INSERT INTO tollgate_record ({names}) SELECT {values} FROM moved"
        )
    }

    /// The subject's last record is the one that the `new` one follows, also in time. A chain proves by the digest what state
    /// that led to.
    fn follows(&self, new: impl Fn(Column) -> String, fence: &str) -> String {
        let which = if self.keeps_chain {
            format!("p.digest IS NOT DISTINCT FROM {}", new(Column::Prev))
        } else {
            self.is_named(REACHED, &new(Column::From))
        };
        format!(
            "{} AND EXISTS (SELECT FROM tollgate_record p
                     WHERE p.machine = {} AND p.subject = {} AND p.version = {} - 1
                       AND (p.at, p.at_nanos) <= ({}, {}) AND {which} AND {BY_INDEX}{fence})",
            self.identity,
            self.machine,
            new(Column::Subject),
            new(Column::Version),
            new(Column::At),
            new(Column::AtNanos),
        )
    }

    fn update(&self, table_columns: &TableColumns) -> String {
        let TableColumns { table, id, state, version, .. } = table_columns;
        let version = table.version.zip(version.as_ref());
        let version = version.map_or(String::new(), |(column, of)| {
            format!(", {} = {}::{of}", quoted(column), self.one(Column::Version))
        });
        format!(
            "UPDATE {} SET {} = {}::{state}{version} WHERE {} = {}::{id}",
            quoted_path(table.name),
            quoted(table.state),
            self.one(Column::To),
            quoted(table.id),
            self.one(names_subject(id)),
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

    /// The states that a row may have before the subject is created.
    fn initial(&self) -> String {
        let names = self.chart.initial().flat_map(|state| [state.name].into_iter().chain(state.was.iter().copied()));
        names.map(literal).collect::<Vec<_>>().join(", ")
    }
}

/// `$1` is the subject on record, `$2` what names it in the table. There is always one row; it ends with whether all of it was
/// read in the database of the machine.
fn last(machine: i32, table_columns: Option<&TableColumns>, identity: &str) -> String {
    let record = format!(
        "(SELECT 1) one LEFT JOIN (SELECT * FROM tollgate_record WHERE machine = {machine} AND subject = $1
              AND version IS NOT NULL AND {BY_INDEX} ORDER BY version DESC LIMIT 1) r ON true
         LEFT JOIN tollgate_edge e ON e.id = r.edge LEFT JOIN tollgate_chart c ON c.id = e.chart"
    );
    let read = &*RECORD;
    let Some(TableColumns { table, id, .. }) = table_columns else {
        return format!("SELECT {read}, false AS has_row, NULL::text, NULL::bigint, {identity} FROM {record}");
    };
    let version = table.version.map_or("NULL::bigint".to_owned(), |version| format!("t.{}::bigint", quoted(version)));
    format!(
        "SELECT {read}, t.{key} IS NOT NULL AS has_row, t.{}::text, {version}, {identity}
         FROM {record} LEFT JOIN {} t ON t.{key} = $2::{id}",
        quoted(table.state),
        quoted_path(table.name),
        key = quoted(table.id),
    )
}

fn other(columns: &Columns, identity: &str) -> String {
    let (names, values) = columns.on_record(|column| columns.parameter(column));
    format!("INSERT INTO tollgate_record ({names}) SELECT {values} WHERE {identity} ON CONFLICT DO NOTHING")
}

/// Returns the column that names a subject in a table whose ids are of this type.
fn names_subject(of_type: &str) -> Column {
    if key(of_type).is_plain() { Column::Key } else { Column::Subject }
}

/// A table with its schema: `press.reports`.
pub(super) fn quoted_path(name: &str) -> String {
    name.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A backslash means itself with each setting of `standard_conforming_strings`.
fn literal(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "''");
    if text.contains('\\') { format!("E'{escaped}'") } else { format!("'{escaped}'") }
}
