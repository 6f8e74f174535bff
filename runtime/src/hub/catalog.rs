//! The catalog: the registered types, the plugins and the subscriptions, for people and for programs.

mod markdown;

use serde::Serialize;

use super::Filter;
use super::register::Register;
use crate::chart::Chart;
use crate::event::EventType;
use crate::observer::Failures;

/// The types of events, the machines and the plugins of a hub, in alphabetical order, and its subscriptions, in the order
/// in which they are notified.
///
/// ```
/// use tollgate::Hub;
/// use tollgate::events::DropTable;
///
/// let mut hub = Hub::new();
/// hub.register::<DropTable>()?;
/// assert!(hub.catalog().to_markdown().contains(
///     "### `drop-table`\n\n\
///      A table was dropped.\n\n\
///      | property | meaning |\n\
///      | --- | --- |\n\
///      | `database` | The name of the database. |\n\
///      | `table` | The name of the table. |\n"
/// ));
/// # Ok::<(), tollgate::hub::RegistrationError>(())
/// ```
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Catalog {
    /// The types of events, by name.
    pub events: Vec<&'static EventType>,
    /// The machines, by name.
    pub machines: Vec<&'static Chart>,
    /// The names of the installed plugins, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plugins: Vec<String>,
    /// The subscriptions, in the order in which the subscribers are notified.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subscriptions: Vec<CatalogEntry>,
}

/// A subscription in a [`Catalog`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CatalogEntry {
    /// The name under which failures of the subscriber are counted and reported.
    pub subscriber: String,
    /// The records that it subscribed to.
    pub receives: Receives,
    /// The filter that restricts these records further.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Whether it leaves after the first record that it has handled.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
    /// The plugin that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
}

/// The records that a subscriber receives; see [`CatalogEntry`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
#[non_exhaustive]
pub enum Receives {
    /// All records.
    All,
    /// The events of one type.
    Event {
        /// The recorded name.
        event: &'static str,
    },
    /// The creations and transitions of one machine.
    Machine {
        /// The recorded name.
        machine: &'static str,
    },
    /// The transitions along one edge.
    Edge {
        /// The recorded name of the machine.
        machine: &'static str,
        /// The recorded name of the transition.
        transition: &'static str,
        /// The source state.
        from: &'static str,
        /// The target state.
        to: &'static str,
    },
}

impl Catalog {
    /// `failures` are those of the subscribers, in the order of the register's entries.
    pub(super) fn new<'f>(register: &Register, failures: impl Iterator<Item = &'f Failures>) -> Self {
        let (mut events, mut machines): (Vec<_>, Vec<_>) = (register.events().collect(), register.machines().collect());
        events.sort_unstable_by_key(|event| event.name);
        machines.sort_unstable_by_key(|chart| chart.machine);
        let mut plugins: Vec<String> = register.plugins.names().map(str::to_owned).collect();
        plugins.sort_unstable();
        let present = register.entries.iter().zip(failures).filter(|(entry, _)| !entry.is_finished);
        let subscriptions = present.map(|(entry, failures)| CatalogEntry {
            subscriber: failures.observer.clone(),
            receives: register.receives(entry),
            filter: entry.filter.clone(),
            once: entry.is_once,
            plugin: entry.plugin.as_deref().map(str::to_owned),
        });
        Self { events, machines, plugins, subscriptions: subscriptions.collect() }
    }

    /// Returns the catalog as indented JSON: the events with their properties, the machines as in [`Chart::to_json`].
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "texts, flags and lists are always written")]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a catalog is made of texts, flags and lists")
    }

    /// Returns the catalog as a page of Markdown: a section for each event, a section with a diagram for each machine, and
    /// a table of the subscriptions.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::page(self)
    }
}
