//! Why there is no server, or not what was asked of it.

use std::error::Error;
use std::fmt;
use std::io;

/// Why there is no server, or why it did not do what it was asked.
#[derive(Debug)]
pub enum ClusterError {
    /// The programs of a server are nowhere to be found.
    NotInstalled,
    /// Something went wrong.
    Failed {
        /// What was tried.
        what: String,
        /// What was said: by the system, by a program, or at the end of the server's log.
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
