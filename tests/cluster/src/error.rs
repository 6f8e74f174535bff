//! Errors of starting and controlling a server.

use std::error::Error;
use std::fmt;
use std::io;

/// A server cannot be started, or did not do what a method asked for.
#[derive(Debug)]
pub enum ClusterError {
    /// No programs of a server were found.
    NotInstalled,
    /// An action failed.
    Failed {
        /// The action that failed.
        what: String,
        /// The text of the system, of a program, or of the end of the server's log.
        said: String,
    },
}

impl ClusterError {
    pub(crate) fn failed(what: impl Into<String>, said: impl fmt::Display) -> Self {
        Self::Failed { what: what.into(), said: said.to_string().trim_end().to_owned() }
    }

    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        |error| Self::failed(what, error)
    }
}

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => f.write_str("no Postgres server is installed (Debian: apt-get install postgresql)"),
            Self::Failed { what, said } => write!(f, "{what}: {said}"),
        }
    }
}

impl Error for ClusterError {}
