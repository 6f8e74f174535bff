//! Why a hub does not register a type, or does not tell of a record.

use std::fmt;

use uuid::Uuid;

use crate::chart::Edge;

/// Why a hub does not register a type or a subscriber.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// Another type of event has the name.
    #[error(
        "the event name `{name}` is taken by `{registered}`, so that `{refused}` cannot be registered; \
         `#[event(name = \"..\")]` would give it another"
    )]
    EventName {
        /// The recorded name.
        name: &'static str,
        /// The path of the type that has it.
        registered: &'static str,
        /// The path of the type that was to be registered.
        refused: &'static str,
    },
    /// Another machine has the name, or had it.
    #[error(
        "the machine name `{name}` is taken by `{registered}`, so that `{refused}` cannot be registered; \
         `#[machine(name = \"..\")]` would give it another"
    )]
    MachineName {
        /// The recorded name, which may be a former one of either.
        name: &'static str,
        /// The path of the type that has it.
        registered: &'static str,
        /// The path of the type that was to be registered.
        refused: &'static str,
    },
    /// The machine has no such edge.
    #[error("{machine} has no edge {}; {}", Way(transition, from, to), Instead(transition, edges))]
    NoEdge {
        /// The machine's recorded name.
        machine: &'static str,
        /// The transition that was asked for.
        transition: String,
        /// The state that it was to leave.
        from: String,
        /// The state that it was to reach.
        to: String,
        /// The edges of that transition; all edges of the machine where it has no such transition.
        edges: Vec<&'static Edge>,
    },
}

/// An edge in words.
struct Way<'a>(&'a str, &'a str, &'a str);

impl fmt::Display for Way<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Way(transition, from, to) = self;
        write!(formatter, "`{transition}` from `{from}` to `{to}`")
    }
}

/// The edges that there are.
struct Instead<'a>(&'a str, &'a [&'static Edge]);

impl fmt::Display for Instead<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Instead(transition, edges) = self;
        if edges.is_empty() {
            return formatter.write_str("it has none");
        }
        if edges.iter().all(|edge| edge.transition == *transition) {
            formatter.write_str("it has ")?;
        } else {
            write!(formatter, "`{transition}` is not a transition of it; it has ")?;
        }
        for (index, edge) in edges.iter().enumerate() {
            formatter.write_str(if index == 0 { "" } else { ", " })?;
            Way(edge.transition, edge.from, edge.to).fmt(formatter)?;
        }
        Ok(())
    }
}

/// A record of an event that the hub does not know. Nobody was told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unregistered {
    /// The name of the event; empty where the record has none.
    pub event: String,
    /// The id of the record.
    pub record: Uuid,
    /// The names of the events that the hub knows, in alphabetical order.
    pub known: Vec<&'static str>,
}

impl fmt::Display for Unregistered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the hub does not know the event `{}` of record {}, and told nobody; ",
            self.event, self.record
        )?;
        let known: Vec<String> = self.known.iter().map(|name| format!("`{name}`")).collect();
        match &known[..] {
            [] => formatter.write_str("it knows none")?,
            known => write!(formatter, "it knows {}", known.join(", "))?,
        }
        formatter.write_str("; `register` or `on` with the event's type adds one")
    }
}

impl std::error::Error for Unregistered {}
