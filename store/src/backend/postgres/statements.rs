//! The statements of a machine. Their text is built when the machine is registered.

mod columns;
mod many;

use std::sync::{Arc, LazyLock};

use tollgate::Table;
use tollgate::chart::Chart;

pub(super) use self::columns::Column;
use self::columns::Columns;
use crate::row::decode;

/// The columns of the subject's table: their types, as the server writes them.
#[derive(Debug, Clone)]
pub(super) struct TableColumns {
    pub(super) table: Table,
    pub(super) id: String,
    pub(super) state: String,
    pub(super) version: Option<String>,
    /// The largest version that the column can hold, if that is less than 64 bits.
    pub(super) most: Option<i64>,
}

/// The type of the id column in the subject's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdType {
    /// An integer with this number of bits. Its text is that of the record.
    Integer(u32),
    /// A UUID. Its text is that of the record.
    Uuid,
    /// A number of any length. One value has several texts, so only integers are ids.
    Numeric,
    /// A text that is padded with blanks, and compared without trailing blanks.
    Padded,
    /// Another type. Its text lacks the quotes that a record puts around some texts.
    Other,
}

impl IdType {
    /// Whether the id is a parameter separate from the subject of the record.
    pub(super) fn is_plain(self) -> bool {
        matches!(self, Self::Numeric | Self::Padded | Self::Other)
    }
}

/// The text of a statement, which each connection prepares once, and its parameters.
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
    /// The statement for the creations of many subjects.
    pub(super) creations: Statement,
    /// The statement for the transitions of many subjects.
    pub(super) transitions: Statement,
    /// The statement for one event or refusal; `others` is for many.
    pub(super) other: Statement,
    pub(super) others: Statement,
    /// The condition that is true in the database in which the machine was registered; see [`identity`](super::identity).
    pub(super) identity: String,
    /// The query for the last record and the row of a subject.
    pub(super) last: Arc<str>,
    /// `None` without a table.
    pub(super) key: Option<IdType>,
    /// The largest version that the row can hold, if that is less than 64 bits.
    pub(super) most: Option<i64>,
}

/// The statement for an event or a refusal without a machine, or with one that is looked up.
pub(super) static OTHER: LazyLock<Statement> =
    LazyLock::new(|| Statement::new(Columns::of_other(), |columns| other(columns, "true")));
/// The statement for many events or refusals.
pub(super) static OTHERS: LazyLock<Statement> =
    LazyLock::new(|| Statement::new(Columns::of_other(), |columns| many::others(columns, "true")));

/// The columns of a record with its names: of `tollgate_record r`, `tollgate_edge e` and `tollgate_chart c`.
pub(super) static RECORD: LazyLock<String> = LazyLock::new(|| decode::stored_columns("r.at_nanos"));

/// The condition in each lookup of one record: the plan must use the index, even while the table is small.
const BY_INDEX: &str = "(version IS NOT NULL OR tollgate_by_index(version))";

/// The state to which the previous record led.
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
    /// Returns the parameter of a statement for one record.
    fn one(&self, column: Column) -> String {
        self.columns.parameter(column)
    }

    /// Returns the columns of a record of this kind, and the value of each. The kind and the machine are constants, not
    /// parameters.
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

    /// Returns the statement for one transition.
    ///
    /// The update of the row has the condition that the record follows its predecessor. If only the insert had it, the row
    /// could move without a record.
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

    /// Returns the condition that the `new` record follows the subject's last record, and is not earlier. In a chain, the
    /// digest proves the state of the last record.
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

    /// Returns the condition that `state` is the present or a former name of the state `name`.
    fn is_named(&self, state: &str, name: &str) -> String {
        let states = self.chart.states.iter();
        let former = states.flat_map(|state| state.was.iter().map(|was| (literal(was), literal(state.name))));
        let former: Vec<String> = former.map(|(was, name)| format!("({was}, {name})")).collect();
        if former.is_empty() {
            return format!("{state} = {name}");
        }
        format!("({state} = {name} OR ({state}, {name}) IN ({}))", former.join(", "))
    }

    /// Returns the states that a row may have before the creation of its subject.
    fn initial(&self) -> String {
        let names = self.chart.initial().flat_map(|state| [state.name].into_iter().chain(state.was.iter().copied()));
        names.map(literal).collect::<Vec<_>>().join(", ")
    }
}

/// Returns the query for the last record and the row of a subject.
///
/// `$1` is the subject of the record, `$2` its id in the table. The query always returns one row. The last column is whether
/// the machine was registered in this database.
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

/// Returns the parameter for the id of a table, according to the type of its id column.
fn names_subject(of_type: &str) -> Column {
    if key(of_type).is_plain() { Column::Key } else { Column::Subject }
}

/// Returns the quoted name of a table with its schema, such as `press.reports`.
pub(super) fn quoted_path(name: &str) -> String {
    name.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Returns a literal in which a backslash is safe with each setting of `standard_conforming_strings`.
fn literal(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "''");
    if text.contains('\\') { format!("E'{escaped}'") } else { format!("'{escaped}'") }
}
