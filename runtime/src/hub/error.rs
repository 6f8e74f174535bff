//! The error of a registration that a hub refuses.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::chart::Edge;
use crate::record::Printable;

/// The reason why a hub refuses a type, a subscriber or a plugin.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// Another type of event has the name, or had it.
    #[error(
        "the event name `{name}` is taken by `{registered}`, so `{refused}` cannot be registered; {}",
        Remedy("event", former_of)
    )]
    EventName {
        /// The recorded name, which may be a former one of either.
        name: &'static str,
        /// The path of the type that has it.
        registered: &'static str,
        /// The path of the type that is refused.
        refused: &'static str,
        /// The paths of the types that have it as a former name, by `was`; empty if it is the present name of both.
        former_of: Vec<&'static str>,
    },
    /// Another machine has or had the name.
    #[error(
        "the machine name `{name}` is taken by `{registered}`, so `{refused}` cannot be registered; {}",
        Remedy("machine", former_of)
    )]
    MachineName {
        /// The recorded name, which may be a former one of either.
        name: &'static str,
        /// The path of the type that has it.
        registered: &'static str,
        /// The path of the type that is refused.
        refused: &'static str,
        /// The paths of the types that have it as a former name, by `was`; empty if it is the present name of both.
        former_of: Vec<&'static str>,
    },
    /// The machine has no such edge.
    #[error("{machine} has no edge {}; {}", EdgeNames(transition, from, to), KnownEdges(transition, edges))]
    NoEdge {
        /// The machine's recorded name.
        machine: &'static str,
        /// The transition that the caller named.
        transition: String,
        /// The source state that the caller named.
        from: String,
        /// The target state that the caller named.
        to: String,
        /// The edges of that transition; all edges of the machine if it has no such transition.
        edges: Vec<&'static Edge>,
    },
    /// A plugin of this name is installed.
    #[error(
        "the plugin `{}` is already installed; choose another name, or call `remove_plugin` first",
        Printable(name)
    )]
    PluginName {
        /// The name of the plugin.
        name: String,
    },
    /// The name of the plugin is empty or blank.
    #[error("the name of the plugin is blank; give it a name, which reports and the catalog show")]
    BlankPluginName,
    /// Another error of the function that installs a plugin; see [`RegistrationError::other`].
    #[error("{0}")]
    Other(#[source] Arc<dyn Error + Send + Sync>),
}

impl RegistrationError {
    /// Wraps another error of the function that installs a plugin, such as a file that cannot be opened.
    pub fn other(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Other(error.into().into())
    }
}

/// The remedy for a collision of names: the attribute, or the types that have the name as a former one.
struct Remedy<'a>(&'a str, &'a [&'static str]);

impl fmt::Display for Remedy<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remedy(attribute, []) => write!(formatter, "rename it by `#[{attribute}(name = \"..\")]`"),
            Remedy(_, [path]) => write!(formatter, "it is a former name of `{path}`; remove it there from `was`"),
            Remedy(..) => formatter.write_str("it is a former name of both; remove it from the `was` of one"),
        }
    }
}

/// An edge by its names, for a message.
struct EdgeNames<'a>(&'a str, &'a str, &'a str);

impl fmt::Display for EdgeNames<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EdgeNames(transition, from, to) = self;
        let [transition, from, to] = [transition, from, to].map(|name| Printable(name));
        write!(formatter, "`{transition}` from `{from}` to `{to}`")
    }
}

/// The edges of the transition, or of the machine, for a message.
struct KnownEdges<'a>(&'a str, &'a [&'static Edge]);

impl fmt::Display for KnownEdges<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KnownEdges(transition, edges) = self;
        if edges.is_empty() {
            return formatter.write_str("it has none");
        }
        if edges.iter().all(|edge| edge.transition == *transition) {
            formatter.write_str("it has ")?;
        } else {
            write!(formatter, "`{}` is not a transition of it; it has ", Printable(transition))?;
        }
        for (index, edge) in edges.iter().enumerate() {
            formatter.write_str(if index == 0 { "" } else { ", " })?;
            EdgeNames(edge.transition, edge.from, edge.to).fmt(formatter)?;
        }
        Ok(())
    }
}
