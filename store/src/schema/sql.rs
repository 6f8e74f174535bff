//! The text of every query, for both databases.
//!
//! [`Dialect`] has their differences. Placeholders are `$1`, `$2`, ..: both databases accept these.

mod charts;
mod subjects;

use tollgate::chrono::{DateTime, Timelike, Utc};
use tollgate::uuid::Uuid;

pub(crate) use self::charts::{
    chart_edges, charts, in_use, insert_chart, insert_edges, insert_machine, insert_states, states,
};
pub(crate) use self::subjects::Subjects;

/// The SQL dialect of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// The text of a statement, and the values of its placeholders in their order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
}

/// The value of a placeholder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Integer(i32),
    BigInt(i64),
    Text(String),
    Id(Uuid),
    Time(DateTime<Utc>),
    Bytes(Vec<u8>),
}

impl Statement {
    /// Returns the statement that shows the plan of this one.
    pub(crate) fn plan(mut self, dialect: Dialect) -> Self {
        let explain = match dialect {
            Dialect::Sqlite => "EXPLAIN QUERY PLAN ",
            Dialect::Postgres => "EXPLAIN ",
        };
        self.text.insert_str(0, explain);
        self
    }
}

/// A condition on a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// It is along this edge; the database searches the index on edges.
    Edge(i32),
    /// It is along one of these edges; the database compares them without the index.
    AmongEdges(Vec<i32>),
    /// It is along one of these edges; the database searches the index by each of them, and the result has no order.
    EachEdge(Vec<i32>),
    /// It is along none of these edges.
    NoEdge(Vec<i32>),
    /// It is a change, which has a version.
    Change,
    /// It is an event or a refusal, which has no version.
    NoChange,
    Machine(i32),
    Subject(String),
    /// The kind and the id of the actor; the database searches the index on actors.
    Actor(&'static str, String),
    /// The same, compared without the index.
    ByActor(&'static str, String),
    Kind(&'static str),
    IdAfter(Uuid),
    IdFrom(Uuid),
    IdBefore(Uuid),
    VersionAfter(i64),
    VersionBefore(i64),
    Since(DateTime<Utc>),
    Until(DateTime<Utc>),
}

/// The order in which records are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Id,
    Version,
}

/// A part of the table, in several branches: no record is in two of them, and all have one order.
#[derive(Debug, Clone)]
pub(crate) struct Select {
    /// For each branch its columns and its conditions.
    pub(crate) branches: Vec<(String, Vec<Condition>)>,
    pub(crate) order: Order,
    pub(crate) newest_first: bool,
    pub(crate) limit: Option<i64>,
}

impl Select {
    /// Returns the statement. Each branch reads an index in the order of the query, and the database merges the branches: it
    /// reads as many entries as it returns, and one more of each branch.
    pub(crate) fn statement(&self, dialect: Dialect) -> Statement {
        let mut sql = Sql::new(dialect);
        // SQLite applies the order of the whole statement to each branch. Postgres would sort all records of the branches,
        // unless each branch has its own order and limit.
        let is_each_ordered = dialect == Dialect::Postgres && self.branches.len() > 1 && self.limit.is_some();
        for (index, (columns, conditions)) in self.branches.iter().enumerate() {
            sql.text(if index == 0 { "" } else { " UNION ALL " });
            sql.text(if is_each_ordered { "(SELECT " } else { "SELECT " });
            sql.text(columns).text(" FROM tollgate_record").conditions(conditions);
            if is_each_ordered {
                sql.text(&self.end()).text(")");
            }
        }
        sql.text(&self.end()).finish()
    }

    /// Returns the order and the limit. The limit is not a placeholder, because a plan for all values must know it.
    fn end(&self) -> String {
        let order = match self.order {
            Order::Id => " ORDER BY id",
            Order::Version => " ORDER BY version",
        };
        let direction = if self.newest_first { " DESC" } else { "" };
        let limit = self.limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
        format!("{order}{direction}{limit}")
    }

    /// Returns the statement that counts the records.
    pub(crate) fn count(&self, dialect: Dialect) -> Statement {
        let mut sql = Sql::new(dialect);
        sql.text("SELECT CAST(sum(n) AS bigint) FROM (");
        for (index, (_, conditions)) in self.branches.iter().enumerate() {
            sql.text(if index == 0 { "" } else { " UNION ALL " });
            sql.text("SELECT count(*) AS n FROM tollgate_record").conditions(conditions);
        }
        sql.text(") AS counted").finish()
    }
}

/// The columns of a record that the decoder reads after the id, the time and its nanoseconds.
pub(crate) const COLUMNS: [&str; 19] = [
    "kind",
    "subject_kind",
    "subject",
    "edge",
    "version",
    "actor_kind",
    "actor",
    "actor_name",
    "on_behalf_of",
    "reason",
    "context",
    "data",
    "prev",
    "event",
    "properties",
    "refused_by",
    "refusal",
    "parameters",
    "digest",
];

/// Returns the columns of a record in the order of the decoder, each with the prefix `of`, such as `r.`. `nanos` is the
/// second cell of a time.
pub(crate) fn columns(of: &str, nanos: &str) -> String {
    let rest: Vec<String> = COLUMNS.iter().map(|column| format!("{of}{column}")).collect();
    format!("{of}id, {of}at, {nanos}, {}", rest.join(", "))
}

/// Returns the columns of a record, as `Decoded` reads them.
pub(crate) fn record_columns(dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => columns("", "0"),
        Dialect::Postgres => columns("", "at_nanos"),
    }
}

/// Selects the machines that have a chart with one of these names, and the last chart of each.
pub(crate) fn machines(dialect: Dialect, names: &[&str]) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text(
        "SELECT machine, max(id) FROM tollgate_chart WHERE machine IN (SELECT machine FROM tollgate_chart WHERE name",
    );
    sql.among(names.iter().map(|name| Value::Text((*name).to_owned()))).text(") GROUP BY machine").finish()
}

/// Selects the edges of a machine, or those of these ids, with their names.
pub(crate) fn edges(dialect: Dialect, which: Which<'_>) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text(
        "SELECT e.id, c.name, c.fingerprint, e.transition, e.from_state, e.to_state \
         FROM tollgate_edge e JOIN tollgate_chart c ON c.id = e.chart WHERE ",
    );
    match which {
        Which::Machine(machine) => sql.text("e.machine = ").bind(Value::Integer(machine)),
        Which::Ids(ids) => sql.text("e.id").among(ids.iter().copied().map(Value::Integer)),
    };
    sql.text(" ORDER BY e.id").finish()
}

/// The edges to select.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which<'i> {
    Machine(i32),
    Ids(&'i [i32]),
}

/// Selects the history of one subject: edge, time, id and version of each of its changes.
pub(crate) fn way(dialect: Dialect, machine: i32, subject: String) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text("SELECT edge, ").text(&dialect.time("at")).text(", id, version FROM tollgate_record");
    sql.conditions(&[Condition::Machine(machine), Condition::Subject(subject), Condition::Change]);
    sql.text(" ORDER BY version").finish()
}

/// Selects the stays that began along each edge: the number of those that ended and of those that did not, the sum of their
/// whole seconds and of their nanoseconds, and the nanoseconds of the longest stay.
///
/// For the longest stay, more than 9,000,000,000 seconds count as 9,000,000,000: the nanoseconds would not fit into 64 bits,
/// and the query would fail for every subject. The query reads the records of a machine once, in the order of subjects and
/// versions, which is the order of the index.
pub(crate) fn times(dialect: Dialect, machine: i32, loops: Vec<i32>, range: &[Condition]) -> Statement {
    let (seconds, nanos) = (dialect.seconds(), dialect.nanos());
    let mut arrivals = vec![Condition::Machine(machine), Condition::Change];
    if !loops.is_empty() {
        arrivals.push(Condition::NoEdge(loops));
    }
    let mut sql = Sql::new(dialect);
    sql.text(
        "SELECT edge, count(until_s), count(*) - count(until_s), CAST(sum(until_s - s) AS bigint), \
         CAST(sum(until_n - n) AS bigint), CAST(max(CASE WHEN until_s < s THEN 0 WHEN until_s - s > 9000000000 \
         THEN 9000000000000000000 ELSE (until_s - s) * 1000000000 + until_n - n END) AS bigint) FROM (SELECT edge, id, at, ",
    );
    sql.text(dialect.nanos_column()).text("s, n, lead(s) OVER stays AS until_s, lead(n) OVER stays AS until_n");
    sql.text(" FROM (SELECT edge, id, at, subject, version, ").text(dialect.nanos_column());
    sql.text(seconds).text(" AS s, ").text(nanos).text(" AS n FROM tollgate_record").conditions(&arrivals);
    sql.text(") AS arrival WINDOW stays AS (PARTITION BY subject ORDER BY version)) AS stay");
    sql.conditions(range).text(" GROUP BY edge").finish()
}

/// Counts the records of each edge and day.
pub(crate) fn counts(dialect: Dialect, conditions: &[Condition]) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text("SELECT edge, ").text(dialect.day()).text(", count(*) FROM tollgate_record").conditions(conditions);
    sql.text(" GROUP BY 1, 2").finish()
}

/// Returns the text of a time in SQLite's tables.
#[cfg(feature = "sqlite")]
pub(crate) fn time_text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(tollgate::chrono::SecondsFormat::Nanos, true)
}

impl Dialect {
    /// Returns the two cells of a time.
    fn time(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("{column}, 0"),
            Self::Postgres => format!("{column}, {column}_nanos"),
        }
    }

    fn nanos_column(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "at_nanos, ",
        }
    }

    /// Returns the whole seconds of the time since 1970; null for `infinity`, which would make the whole query fail. SQLite
    /// reads only the whole seconds of the text, because it would round a fraction.
    fn seconds(self) -> &'static str {
        match self {
            Self::Sqlite => "CAST(strftime('%s', substr(at, 1, 19)) AS INTEGER)",
            Self::Postgres => "CASE WHEN isfinite(at) THEN CAST(floor(extract(epoch FROM at)) AS bigint) END",
        }
    }

    /// Returns the nanoseconds of the time after its whole seconds.
    fn nanos(self) -> &'static str {
        match self {
            Self::Sqlite => "CAST(substr(at, 21, 9) AS INTEGER)",
            Self::Postgres => {
                "CASE WHEN isfinite(at) THEN CAST(extract(microseconds FROM at) AS bigint) % 1000000 * 1000 + at_nanos END"
            }
        }
    }

    /// Returns the day in UTC.
    fn day(self) -> &'static str {
        match self {
            Self::Sqlite => "substr(at, 1, 10)",
            Self::Postgres => "CAST(at AT TIME ZONE 'UTC' AS date)",
        }
    }

    /// Returns a column that the database compares without its index. SQLite does not know the number of rows, and would
    /// prefer the index on this column; Postgres knows it.
    fn looked_at(self, column: &'static str) -> String {
        match self {
            Self::Sqlite => format!("+{column}"),
            Self::Postgres => column.to_owned(),
        }
    }
}

/// A statement that is being built.
struct Sql {
    dialect: Dialect,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    fn new(dialect: Dialect) -> Self {
        Self { dialect, text: String::new(), values: Vec::new() }
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Writes a placeholder. Equal values share one, because most values are the same in all branches.
    fn bind(&mut self, value: Value) -> &mut Self {
        let place = self.values.iter().position(|bound| *bound == value).unwrap_or_else(|| {
            self.values.push(value);
            self.values.len() - 1
        });
        self.text.push_str(&format!("${}", place + 1));
        self
    }

    fn among(&mut self, values: impl Iterator<Item = Value>) -> &mut Self {
        for (index, value) in values.enumerate() {
            self.text(if index == 0 { " IN (" } else { ", " }).bind(value);
        }
        self.text(")")
    }

    fn conditions(&mut self, conditions: &[Condition]) -> &mut Self {
        for (index, condition) in conditions.iter().enumerate() {
            self.text(if index == 0 { " WHERE " } else { " AND " }).condition(condition);
        }
        self
    }

    fn condition(&mut self, condition: &Condition) -> &mut Self {
        let dialect = self.dialect;
        let among = |edges: &[i32]| edges.iter().copied().map(Value::Integer).collect::<Vec<_>>().into_iter();
        match condition {
            Condition::Edge(edge) => self.text("edge = ").bind(Value::Integer(*edge)),
            Condition::AmongEdges(edges) => self.text(&dialect.looked_at("edge")).among(among(edges)),
            Condition::EachEdge(edges) => self.text("edge").among(among(edges)),
            Condition::NoEdge(edges) => self.text("edge NOT").among(among(edges)),
            Condition::Change => self.text("version IS NOT NULL"),
            Condition::NoChange => self.text("version IS NULL"),
            Condition::Machine(machine) => self.text("machine = ").bind(Value::Integer(*machine)),
            Condition::Subject(subject) => self.text("subject = ").bind(Value::Text(subject.clone())),
            Condition::Actor(kind, actor) => self
                .text("actor_kind = ")
                .bind(Value::Text((*kind).to_owned()))
                .text(" AND actor = ")
                .bind(Value::Text(actor.clone())),
            Condition::ByActor(kind, actor) => {
                self.text("actor_kind = ").bind(Value::Text((*kind).to_owned()));
                self.text(" AND ").text(&dialect.looked_at("actor")).text(" = ").bind(Value::Text(actor.clone()))
            }
            Condition::Kind(kind) => self.text("kind = ").bind(Value::Text((*kind).to_owned())),
            Condition::IdAfter(id) => self.text("id > ").bind(Value::Id(*id)),
            Condition::IdFrom(id) => self.text("id >= ").bind(Value::Id(*id)),
            Condition::IdBefore(id) => self.text("id < ").bind(Value::Id(*id)),
            Condition::VersionAfter(version) => self.text("version > ").bind(Value::BigInt(*version)),
            Condition::VersionBefore(version) => self.text("version < ").bind(Value::BigInt(*version)),
            Condition::Since(time) => self.time(">=", *time),
            Condition::Until(time) => self.time("<", *time),
        }
    }

    /// Compares the time of a record with this one.
    fn time(&mut self, operator: &str, time: DateTime<Utc>) -> &mut Self {
        match self.dialect {
            Dialect::Sqlite => self.text("at ").text(operator).text(" ").bind(Value::Time(time)),
            Dialect::Postgres => {
                let (micros, rest) = (time.nanosecond() / 1000 * 1000, time.nanosecond() % 1000);
                let whole = time.with_nanosecond(micros).unwrap_or(time);
                let rest = i32::try_from(rest).unwrap_or_default();
                self.text("(at, at_nanos) ").text(operator).text(" (").bind(Value::Time(whole));
                self.text(", ").bind(Value::Integer(rest)).text(")")
            }
        }
    }

    fn finish(&mut self) -> Statement {
        Statement { text: std::mem::take(&mut self.text), values: std::mem::take(&mut self.values) }
    }
}
