//! The statements for the user's own table: they touch the state, the version, and nothing else.

use std::collections::HashMap;
use std::sync::atomic::AtomicI64;

use tollgate::Table;
use tollgate::chart::State;
use tollgate::machine::Declaration;

use super::id_value::IdValue;

/// The statements of a machine.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    /// Moves the row of a subject out of the state of this name, or at its creation.
    pub(crate) moves: HashMap<Option<&'static str>, ById>,
    /// Reads the state and the version of a subject's row.
    pub(crate) look: Option<ById>,
    /// When the writing connection last found the machine under its numbers, by `PRAGMA data_version`; 0 for never.
    pub(crate) checked: AtomicI64,
}

/// A statement by the subject's id. `IN` costs more than `=`, and only a UUID has two forms in which a column may hold it.
#[derive(Debug)]
pub(crate) struct ById {
    plain: String,
    uuid: String,
}

impl ById {
    fn new(id: &str, write: impl Fn(String) -> String) -> Self {
        let id = name(id);
        Self { plain: write(format!("{id} = ?1")), uuid: write(format!("{id} IN (?1, ?2)")) }
    }

    pub(crate) fn sql(&self, key: &IdValue<'_>) -> &str {
        if matches!(key, IdValue::Uuid(_)) { &self.uuid } else { &self.plain }
    }
}

impl Statements {
    /// The parameters: 1 the id, 2 the id in its other form, 3 the new state, 4 the new version, 5 the one before.
    pub(crate) fn of(declaration: &Declaration) -> Self {
        let Some(table) = declaration.table() else { return Self::default() };
        let leaving = declaration.chart().states.iter().map(|state| (Some(state.name), leaving(table, state)));
        let moves = leaving.chain([(None, creating(table))]).collect();
        Self { moves, look: Some(looking(table)), checked: AtomicI64::default() }
    }
}

fn leaving(table: &Table, state: &State) -> ById {
    let names: Vec<String> = [state.name].iter().chain(state.was).map(|name| text(name)).collect();
    let version = table.version.map(|version| format!(" AND {} = ?5", name(version))).unwrap_or_default();
    moving(table, &format!("{} IN ({}){version}", name(table.state), names.join(", ")))
}

fn creating(table: &Table) -> ById {
    let state = name(table.state);
    moving(table, &format!("({state} IS NULL OR {state} = ?3)"))
}

fn moving(table: &Table, only: &str) -> ById {
    let version = table.version.map(|version| format!(", {} = ?4", name(version))).unwrap_or_default();
    let (table_name, state) = (name(table.name), name(table.state));
    ById::new(table.id, |by| format!("UPDATE {table_name} SET {state} = ?3{version} WHERE {by} AND {only}"))
}

fn looking(table: &Table) -> ById {
    let version = table.version.map_or("NULL".to_owned(), name);
    let (table_name, state) = (name(table.name), name(table.state));
    ById::new(table.id, |by| format!("SELECT {state}, {version} FROM {table_name} WHERE {by}"))
}

/// A name as SQL has it, part by part: `press.reports`.
pub(crate) fn name(name: &str) -> String {
    let parts: Vec<String> = name.split('.').map(|part| format!("\"{}\"", part.replace('"', "\"\""))).collect();
    parts.join(".")
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
