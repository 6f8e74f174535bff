//! The statements that register a machine: they read its stored charts, and insert a new one.

use tollgate::chart::Chart;

use super::{Dialect, Sql, Statement, Value};

/// Selects the charts that have one of these names: id, machine, name and fingerprint.
pub(crate) fn charts(dialect: Dialect, names: &[&str]) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text("SELECT id, machine, name, fingerprint FROM tollgate_chart WHERE name");
    sql.among(names.iter().map(|name| Value::Text((*name).to_owned()))).text(" ORDER BY id").finish()
}

/// Selects the states to which edges of the machine lead, in all its charts.
pub(crate) fn states(dialect: Dialect, machine: i32) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text("SELECT DISTINCT to_state FROM tollgate_edge WHERE machine = ").bind(Value::Integer(machine));
    sql.text(" ORDER BY to_state").finish()
}

/// Selects for each of these states the number of subjects in it, and the first `most` subjects.
pub(crate) fn in_use(dialect: Dialect, machine: i32, states: &[String], most: usize) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text(
        "SELECT state, n, subject FROM (SELECT e.to_state AS state, r.subject, \
         count(*) OVER (PARTITION BY e.to_state) AS n, \
         row_number() OVER (PARTITION BY e.to_state ORDER BY r.id) AS place \
         FROM tollgate_edge e JOIN tollgate_record r ON r.edge = e.id AND r.version IS NOT NULL WHERE e.machine = ",
    );
    sql.bind(Value::Integer(machine)).text(" AND e.to_state");
    sql.among(states.iter().cloned().map(Value::Text));
    // A comparison instead of NOT EXISTS, which Postgres would turn into a join of all records.
    sql.text(
        " AND r.version >= (SELECT max(later.version) FROM tollgate_record later WHERE later.machine = r.machine \
         AND later.subject = r.subject AND later.version IS NOT NULL)) AS found WHERE place <= ",
    );
    sql.text(&format!("{most} ORDER BY state, place")).finish()
}

/// Inserts a machine of this name, and returns its id.
pub(crate) fn insert_machine(dialect: Dialect, name: &str) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text("INSERT INTO tollgate_machine (name) VALUES (").bind(Value::Text(name.to_owned()));
    sql.text(") RETURNING id").finish()
}

/// Inserts the chart, and returns its id.
pub(crate) fn insert_chart(dialect: Dialect, machine: i32, chart: &Chart) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text("INSERT INTO tollgate_chart (machine, name, fingerprint, definition) VALUES (")
        .bind(Value::Integer(machine));
    sql.text(", ").bind(Value::Text(chart.machine.to_owned()));
    sql.text(", ").bind(Value::Bytes(chart.fingerprint.as_bytes().to_vec()));
    sql.text(", ").bind(Value::Text(chart.to_json()));
    sql.text(match dialect {
        Dialect::Sqlite => ") RETURNING id",
        Dialect::Postgres => "::json) RETURNING id",
    });
    sql.finish()
}

/// Inserts the states of the chart with this id.
pub(crate) fn insert_states(dialect: Dialect, id: i32, chart: &Chart) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text("INSERT INTO tollgate_state (chart, name, initial, terminal, former) VALUES ");
    for (index, state) in chart.states.iter().enumerate() {
        sql.text(if index == 0 { "(" } else { ", (" }).bind(Value::Integer(id));
        sql.text(", ").bind(Value::Text(state.name.to_owned()));
        sql.text(&format!(", {}, {}, ", state.initial, state.terminal));
        let former = Value::Text(tollgate::serde_json::Value::from(state.was).to_string());
        match dialect {
            Dialect::Sqlite => sql.bind(former).text(")"),
            Dialect::Postgres => sql.text("ARRAY(SELECT json_array_elements_text(").bind(former).text("::json)))"),
        };
    }
    sql.finish()
}

/// Inserts these edges: transition, state that is left, state that is reached, and whether they require actor and reason.
///
/// One statement inserts all edges, because Postgres publishes the requirements of all edges after each statement.
pub(crate) fn insert_edges<'e>(
    dialect: Dialect,
    machine: i32,
    id: i32,
    edges: impl Iterator<Item = (&'e str, Option<&'e str>, &'e str, [bool; 2])>,
) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text(
        "INSERT INTO tollgate_edge (machine, chart, transition, from_state, to_state, requires_actor, requires_reason) \
         VALUES ",
    );
    for (index, (transition, from, to, [actor, reason])) in edges.enumerate() {
        sql.text(if index == 0 { "(" } else { ", (" }).bind(Value::Integer(machine));
        sql.text(", ").bind(Value::Integer(id)).text(", ").bind(Value::Text(transition.to_owned()));
        match from {
            Some(from) => sql.text(", ").bind(Value::Text(from.to_owned())),
            None => sql.text(", NULL"),
        };
        sql.text(", ").bind(Value::Text(to.to_owned())).text(&format!(", {actor}, {reason})"));
    }
    sql.finish()
}

/// Selects the edges of the chart with this id: id, transition, state that is left and state that is reached.
pub(crate) fn chart_edges(dialect: Dialect, id: i32) -> Statement {
    let mut sql = Sql::new(dialect);
    sql.text("SELECT id, transition, from_state, to_state FROM tollgate_edge WHERE chart = ").bind(Value::Integer(id));
    sql.finish()
}
