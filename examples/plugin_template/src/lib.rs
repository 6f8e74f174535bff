//! A template of a plugin: it watches which tables have rows that no export has, and adds an event and a machine.
//!
//! Copy this folder, rename it, and replace the parts. The guide explains them: `tollgate::guide::plugins`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tollgate::events::InsertRows;
use tollgate::hub::RegistrationError;
use tollgate::serde::{Deserialize, Serialize};
use tollgate::{Event, Hub, Record, StateMachine};

/// The name of the plugin. `hub.remove_plugin(NAME)` removes all its subscribers.
pub const NAME: &str = "exports";

/// A table was exported. Other plugins can subscribe to this event.
// The name begins with the plugin's: a name can be taken once in a hub.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[serde(crate = "tollgate::serde")]
#[event(name = "exports/table-exported", requires(actor))]
pub struct TableExported {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// The rows in the export.
    pub num_rows: u64,
}

/// A run of the exporter. Other plugins can subscribe to its transitions.
#[derive(Debug, StateMachine)]
#[machine(name = "exports/Run")]
#[transition(finish, from = Running, to = Finished)]
#[transition(fail,   from = Running, to = Failed, requires(reason))]
pub enum RunState {
    /// The rows are being read.
    #[state(initial)]
    Running,
    /// The export is complete.
    #[state(terminal)]
    Finished,
    /// The export is not complete.
    #[state(terminal)]
    Failed,
}

/// The plugin. A clone shares its content, so that the host keeps one and the subscribers have others.
#[derive(Debug, Clone, Default)]
pub struct Exports(Arc<Mutex<Content>>);

#[derive(Debug, Default)]
struct Content {
    /// The rows of each table that no export has.
    waiting: BTreeMap<String, u64>,
    failed_runs: usize,
}

impl Exports {
    /// Registers the plugin's event and machine, and subscribes.
    ///
    /// # Errors
    ///
    /// If this plugin is installed already, or if another one has an event or a machine of the same name. Nothing is
    /// subscribed then.
    pub fn install(&self, hub: &mut Hub<'_>) -> Result<(), RegistrationError> {
        hub.plugin(NAME, |hub| {
            // A subscriber of a type of event gets the event itself, and its record: actor, time, reason, context.
            let plugin = self.clone();
            hub.on::<InsertRows>(move |event, _| {
                *plugin.content().waiting.entry(event.table.clone()).or_default() += event.num_rows;
            })?;

            // An error is counted and reported. It stops neither the commit nor other subscribers.
            let plugin = self.clone();
            hub.on::<TableExported>(move |event, record| match plugin.content().waiting.remove(&event.table) {
                Some(_) => Ok(()),
                None => Err(format!("record {} exports `{}`, which has no new rows", record.id, event.table)),
            })?;

            // A subscriber of a machine gets the record of each creation and each transition.
            let plugin = self.clone();
            hub.on_transition::<RunState>(move |record: &Record| {
                if record.transition.as_deref() == Some("fail") {
                    plugin.content().failed_runs += 1;
                }
            })?;
            Ok(())
        })
    }

    /// Returns how many rows of the table no export has.
    #[must_use]
    pub fn waiting(&self, table: &str) -> u64 {
        self.content().waiting.get(table).copied().unwrap_or_default()
    }

    /// Returns how many runs have failed.
    #[must_use]
    pub fn failed_runs(&self) -> usize {
        self.content().failed_runs
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
