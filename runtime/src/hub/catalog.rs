//! The catalog: what can be subscribed to, for people and for programs.

mod markdown;

use serde::Serialize;

use crate::chart::Chart;
use crate::event::EventType;

/// Every type of event and every machine that a hub knows, in alphabetical order: in which order plugins were
/// installed makes no difference.
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
}

impl Catalog {
    pub(super) fn new(
        events: impl Iterator<Item = &'static EventType>,
        machines: impl Iterator<Item = &'static Chart>,
    ) -> Self {
        let (mut events, mut machines): (Vec<_>, Vec<_>) = (events.collect(), machines.collect());
        events.sort_unstable_by_key(|event| event.name);
        machines.sort_unstable_by_key(|chart| chart.machine);
        Self { events, machines }
    }

    /// As indented JSON: the events with their properties, the machines as [`Chart::to_json`] has them.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "texts, flags and lists are always written")]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a catalog is made of texts, flags and lists")
    }

    /// As a page of Markdown, with a section for each event and each machine and a diagram of the latter.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::page(self)
    }
}
