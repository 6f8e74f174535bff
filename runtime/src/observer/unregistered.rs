//! The error of a hub that does not know the event of a record. It is defined here because a list of observers must not
//! report it twice, and a background observer must not retry it.

use std::error::Error;
use std::fmt;

use uuid::Uuid;

use crate::record::Printable;

/// The event of a record is not registered in the hub. No subscriber was notified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unregistered {
    /// The name of the event; empty if the record has none.
    pub event: String,
    /// The id of the record.
    pub record: Uuid,
    /// The names of the registered events, in alphabetical order.
    pub known: Vec<&'static str>,
    /// Whether the hub has reported it to its own `on_failure`. An outer list then counts it and does not report it
    /// again.
    pub(crate) is_reported: bool,
}

impl Unregistered {
    pub(super) fn is_reported(&self) -> bool {
        self.is_reported
    }
}

impl fmt::Display for Unregistered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event = Printable(&self.event);
        write!(formatter, "the event `{event}` is not registered in the hub; ")?;
        let known: Vec<String> = self.known.iter().map(|name| format!("`{name}`")).collect();
        match &known[..] {
            [] => formatter.write_str("no event is registered")?,
            known => write!(formatter, "registered: {}", known.join(", "))?,
        }
        formatter.write_str("; call `register` or `on` with its type")
    }
}

impl Error for Unregistered {}
